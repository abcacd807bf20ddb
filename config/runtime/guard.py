"""Start a program that is not ours so that it ends with this process's parent; run as a file, before any package.

`python guard.py [--as UID:GID] program argument…`. On Linux the kernel sees to it and this process becomes the program;
elsewhere this process stays, watches its parent and kills the program.
"""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    parent = os.getppid()
    if arguments[0] == "--as":
        user, group = (int(part) for part in arguments[1].split(":"))
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)
        arguments = arguments[2:]
    if sys.platform == "linux":
        become(arguments, parent)
    else:
        stay_beside(arguments, parent)


def become(command: list[str], parent: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it went before the kernel knew
        sys.exit(1)
    os.execvp(command[0], command)


def stay_beside(command: list[str], parent: int) -> None:
    program = subprocess.Popen(command)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, lambda received, _frame: program.send_signal(received))
    while os.getppid() == parent:
        try:
            sys.exit(program.wait(timeout=0.5))
        except subprocess.TimeoutExpired:
            continue
    program.kill()


if __name__ == "__main__":
    main(sys.argv[1:])
