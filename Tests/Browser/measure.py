"""Measures the page in Debian's Chromium: `scripts/check-studio --measure [MINUTES]`.

Warm clicks: 50 clicks on an example's parts, from the click to the frame that has the ring, and to the one that has the part lit.
Endurance: 100 clicks a minute for some minutes; every click must be answered, and the memory of the page and of the server is told each
minute. Prints one Markdown table for each.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from playwright.sync_api import sync_playwright

from conftest import BSB, CHROMIUM, Server
from driver import Studio

CLICKS, RATE = 50, 100


def open_studio(browser, server, folder):
    page = browser.new_context(viewport={"width": 1280, "height": 720}, device_scale_factor=1).new_page()
    page.goto(server.address + "/")
    page.wait_for_selector("html[data-ready]")
    return Studio(page).open_example(folder)


def times(studio):
    """Milliseconds from the last click to the ring and to the part, once both are drawn."""
    for _ in range(1000):
        seen = studio.page.evaluate("['ring', 'lit'].map(name => performance.getEntriesByName(name).at(-1)?.duration ?? null)")
        if None not in seen:
            return seen
        studio.page.wait_for_timeout(10)
    raise SystemExit("a click was not answered within ten seconds")


def warm_clicks(studio, places):
    found = []
    for i in range(CLICKS + len(places)):
        x, y = places[i % len(places)]
        studio.click_photo(x + i % 3, y + i // 3 % 3)
        taken = times(studio)
        if i >= len(places):
            found.append(taken)
    ring, lit = zip(*found)
    print("| warm clicks | median ms | 90 % below |\n| --- | --- | --- |")
    for name, values in (("ring", ring), ("part lit", lit)):
        print(f"| {name} | {statistics.median(values):.0f} | {statistics.quantiles(values, n=10)[-1]:.0f} |")


def heap(session):
    session.send("HeapProfiler.collectGarbage")
    return session.send("Runtime.getHeapUsage")["usedSize"] / 1e6


def endure(studio, server, places, minutes):
    session = studio.page.context.new_cdp_session(studio.page)
    print("\n| minute | answered | page heap MB | server MB |\n| --- | --- | --- | --- |")
    for minute in range(minutes + 1):
        answered, begun = 0, time.monotonic()
        for i in range(RATE if minute else 0):
            x, y = places[i % len(places)]
            studio.click_photo(x + i % 5, y + i // 5 % 5)
            times(studio)
            answered += 1
            time.sleep(max(0, begun + (i + 1) * 60 / RATE - time.monotonic()))
        print(f"| {minute} | {answered} | {heap(session):.1f} | {server.memory:.0f} |", flush=True)


def main():
    minutes = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = pathlib.Path(scratch)
        subprocess.run([BSB, "example", "guitar", "--output", folder / "guitar"], check=True, capture_output=True)
        clicks = json.loads((folder / "guitar/example.json").read_text())
        server = Server(folder)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--enable-unsafe-swiftshader"])
        studio = open_studio(browser, server, folder / "guitar")
        places = [studio.click_of_example] + [tuple(c) for c in clicks.get("clicks", {}).values()]
        warm_clicks(studio, places)
        if minutes:
            endure(studio, server, places, minutes)
        browser.close()
        server.stop()


if __name__ == "__main__":
    main()
