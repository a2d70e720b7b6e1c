"""Telegram: aiogram handlers that translate and decide nothing.

Nothing is ever downloaded. Names, senders, places and files are dropped before anything reads an
update (``paring``). Chat ids live in this process's memory while a message is being answered.
"""
