// The connection to the server: protocol version 1, see protocol.py.
// Everything lives in the memory of this page and nowhere else.

const VERSION = 1;
const FIRST_WAIT = 500; // ms
const LONGEST_WAIT = 15000; // ms
const DEAF = 8000; // ms without a word after we spoke: the network is gone without saying so
const PATIENCE = 3; // failed tries in a row before the numbers are shown
const FINAL = new Set([4000, 4001, 4003]); // wrong version, replaced, erased: do not come back

export class Link {
  #socket = null;
  #token = null;
  #lastSeen = 0;
  #unanswered = new Map(); // id -> message, in the order written
  #unreceived = new Set(); // ids of those the server has not confirmed
  #failures = 0;
  #retry = 0; // timer of the next try, while there is no connection
  #silence = 0; // timer that runs while the server owes us a word
  #ready = false;
  #gone = false;
  #nextId = 1;
  #on;

  // `on`: {up, down, received, typing, replies, problem, forgot, closed}, all functions.
  constructor(on) {
    this.#on = on;
    addEventListener("online", () => this.#retryNow());
    addEventListener("offline", () => this.#giveUp());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#retryNow();
    });
  }

  open() {
    this.#retry = 0;
    const address = new URL("/ws", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.onopen = () => {
      const hello = { type: "hello" };
      if (this.#token) Object.assign(hello, { resume: this.#token, last_seen: this.#lastSeen });
      this.#put(hello);
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket && !this.#retry) this.#hear(JSON.parse(event.data));
    };
    socket.onclose = (event) => this.#lost(socket, event.code);
    this.#expectWord();
  }

  // Send now or as soon as there is a connection; returns the message's id.
  send(message) {
    const id = `m${this.#nextId++}`;
    this.#unanswered.set(id, { ...message, id });
    this.#unreceived.add(id);
    if (this.#ready) {
      this.#put(this.#unanswered.get(id));
      this.#expectWord();
    }
    return id;
  }

  // Erase the conversation on the server; the page is going away.
  bye() {
    this.#gone = true;
    if (this.#ready) this.#put({ type: "bye" });
    if (this.#token) navigator.sendBeacon("/bye", this.#token);
    this.#socket?.close();
  }

  #put(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ v: VERSION, ...message }));
    }
  }

  #expectWord() {
    this.#silence ||= setTimeout(() => this.#giveUp(), DEAF);
  }

  #hear(message) {
    clearTimeout(this.#silence);
    this.#silence = 0;
    if (message.type === "welcome") this.#welcome(message);
    else if (message.type === "received") this.#received(message.id);
    else if (message.type === "typing") this.#on.typing();
    else if (message.type === "replies") this.#replies(message);
    else if (message.type === "error") this.#problem(message);
    if (this.#ready && this.#unreceived.size) this.#expectWord();
  }

  #received(id) {
    this.#unreceived.delete(id);
    this.#on.received(id);
  }

  #welcome({ token, resumed }) {
    const renewed = this.#ready; // the server renews the token of an erased conversation
    if (!resumed) this.#lastSeen = 0;
    if (!resumed && !renewed && this.#token) this.#on.forgot();
    this.#token = token;
    this.#failures = 0;
    if (renewed) return;
    this.#ready = true;
    this.#on.up();
    for (const unanswered of this.#unanswered.values()) this.#put(unanswered);
  }

  #replies(message) {
    if (message.seq > this.#lastSeen) {
      this.#lastSeen = message.seq;
      this.#unanswered.delete(message.id);
      this.#unreceived.delete(message.id);
      this.#on.replies(message);
    }
    this.#put({ type: "ack", seq: message.seq });
  }

  #problem(message) {
    const unanswered = this.#unanswered.get(message.id);
    if (unanswered && message.retry) {
      setTimeout(() => this.#ready && this.#put(unanswered), message.retry * 1000);
    }
    this.#on.problem(message);
  }

  #giveUp() {
    const socket = this.#socket;
    if (!socket || this.#retry) return;
    this.#lost(socket, 1006);
    socket.close();
  }

  #lost(socket, code) {
    if (socket !== this.#socket || this.#retry || this.#gone) return;
    this.#ready = false;
    clearTimeout(this.#silence);
    this.#silence = 0;
    if (FINAL.has(code)) {
      this.#gone = true;
      this.#on.closed(code);
      return;
    }
    this.#failures += 1;
    this.#on.down({ patient: this.#failures < PATIENCE });
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (this.#failures - 1));
    this.#retry = setTimeout(() => this.open(), wait * (0.7 + 0.6 * Math.random()));
  }

  #retryNow() {
    if (this.#gone || !this.#retry) return;
    clearTimeout(this.#retry);
    this.open();
  }
}
