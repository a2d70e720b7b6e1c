"""Runs a program under those rules of a unit that need no systemd: can it live with them?

    python confine.py UNIT PROGRAM [ARGUMENT ...]

Sets what the unit asks for: system calls and address families, no new privileges, no memory that is
both written and executed, no core dumps, umask. The file system and the users are not its matter.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path

ALLOW = 0x7FFF0000
ERRNO = 0x00050000
EQUAL = 4
PR_SET_NO_NEW_PRIVS, PR_SET_MDWE = 38, 65
NOT_KNOWN_HERE = -1


class Argument(ctypes.Structure):
    """libseccomp's ``struct scmp_arg_cmp``."""

    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


def main(unit: Path, command: list[str]) -> None:
    rules = read_rules(unit)
    os.umask(int(rules["UMask"][0], 8))
    assert rules["LimitCORE"] == ["0"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    assert rules["NoNewPrivileges"] == rules["MemoryDenyWriteExecute"] == ["yes"]
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    if libc.prctl(PR_SET_MDWE, 1, 0, 0, 0) != 0:
        assert ctypes.get_errno() == errno.EINVAL  # a kernel before 6.3
    families = rules["RestrictAddressFamilies"][0].split()
    filter_calls(allowed_calls(rules["SystemCallFilter"]), families)
    os.execv(command[0], command)


def read_rules(unit: Path) -> dict[str, list[str]]:
    """Every setting of the unit's [Service] with its values in order."""
    rules: dict[str, list[str]] = {}
    section = ""
    for line in unit.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line
        elif section == "[Service]" and "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            rules.setdefault(name, []).append(value)
    return rules


def allowed_calls(filters: list[str]) -> set[str]:
    """Names of system calls; ``~`` takes away, ``@`` names one of systemd's sets."""
    allowed = expand("@default")
    for each in filters:
        names = {name for word in each.removeprefix("~").split() for name in expand(word)}
        allowed = allowed - names if each.startswith("~") else allowed | names
    return allowed


def expand(name: str) -> set[str]:
    if not name.startswith("@"):
        return {name}
    told = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
    ).stdout
    words = [line.strip() for line in told.splitlines()[1:]]
    return {call for word in words if word and not word.startswith("#") for call in expand(word)}


def filter_calls(allowed: set[str], families: list[str]) -> None:
    """Everything else fails with EPERM from here on, sockets of other families too."""
    seccomp = ctypes.CDLL(ctypes.util.find_library("seccomp") or "libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ERRNO | errno.EPERM))
    for name in allowed - {"socket"}:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number != NOT_KNOWN_HERE:
            seccomp.seccomp_rule_add(context, ALLOW, number, 0)
    number = seccomp.seccomp_syscall_resolve_name(b"socket")
    for family in families:
        wanted = Argument(0, EQUAL, getattr(socket, family), 0)
        added = seccomp.seccomp_rule_add_array(context, ALLOW, number, 1, ctypes.byref(wanted))
        assert added == 0
    assert seccomp.seccomp_load(context) == 0


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
