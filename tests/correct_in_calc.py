"""Correct cells in LibreOffice, without a screen, and let it save the file; run by its Python.

Reads orders on standard input, one a line: ``{"file": ..., "out": ..., "filter": ..., "cells":
[[sheet, column, row, text], ...]}``, columns and rows counted from 0. Answers each by a line: an
empty one, or what went wrong. It is a program of its own: no test imports it.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

SECONDS = 60


def option(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    address = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
    end = time.monotonic() + SECONDS
    while True:
        try:
            return resolver.resolve(address)
        except NoConnectException:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def correct(desktop, order):
    source = uno.systemPathToFileUrl(order["file"])
    book = desktop.loadComponentFromURL(source, "_blank", 0, (option("Hidden", True),))
    for sheet, column, row, text in order["cells"]:
        book.Sheets.getByName(sheet).getCellByPosition(column, row).setString(text)
    wanted = (option("FilterName", order["filter"]),)
    book.storeToURL(uno.systemPathToFileUrl(order["out"]), wanted)
    book.close(True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        pipe = f"dts{Path(folder).name}"
        profile = Path(folder, "profile").as_uri()
        office = subprocess.Popen(
            ["soffice", f"-env:UserInstallation={profile}", "--headless", "--norestore",
             "--nologo", f"--accept=pipe,name={pipe};urp;"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        context = connect(pipe)
        desktop = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )
        for line in sys.stdin:
            print(answer(desktop, json.loads(line)), flush=True)
        desktop.terminate()
        office.wait(SECONDS)


def answer(desktop, order):
    try:
        correct(desktop, order)
    except Exception as error:  # told to who asks; the next order may be a good one
        return repr(error).replace("\n", " ")
    return ""


main()
