"""Measures clicks through the interface: warm ones, and 100 a minute for some minutes, with the memory of the program.

    measure.py [MINUTES]
"""

import os
import platform
import statistics
import sys
import time

from studio import Studio


def click(studio, opened, number):
    """Seconds to the masks, to the vertex and to the part's labels, as the page asks for them."""
    x, y = opened["click"]
    question = {"photo": opened["photo"]["id"], "mesh": opened["mesh"]["id"], "click": {"x": x + number % 7 - 3, "y": y + number // 7 % 7 - 3}}
    start = time.perf_counter()
    answer = studio.ask("POST", "/api/match", question)["id"]
    times = {}
    for name, data in studio.events(answer):
        times[name] = time.perf_counter() - start
    assert "answer" in times, data
    if data["found"] and "segment" in data:
        studio.ask("GET", f"/api/answers/{answer}/files/face_labels.npy")
    return times["masks"], times["buddy"], time.perf_counter() - start


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 0
    with Studio() as studio:
        opened = studio.ask("POST", "/api/examples/guitar")
        for _ in studio.events(studio.ask("POST", "/api/prepare", {"mesh": opened["mesh"]["id"]})["id"]):
            pass
        for number in range(5):
            click(studio, opened, number)
        times = [click(studio, opened, number) for number in range(50)]
        print(f"{platform.machine()}, {os.cpu_count()} cores; load before: {os.getloadavg()[0]:.1f}; n = {len(times)}")
        for name, column in zip(("masks", "vertex", "part's labels"), zip(*times)):
            worst = sorted(column)[int(0.9 * len(column))]
            print(f"{name}: median {1000 * statistics.median(column):.0f} ms, 9 of 10 within {1000 * worst:.0f} ms")
        start, done, memory = time.monotonic(), 0, []
        while time.monotonic() - start < 60 * minutes:
            click(studio, opened, done)
            done += 1
            memory.append(studio.memory)
            time.sleep(max(0, start + 0.6 * done - time.monotonic()))
        if memory:
            first, last = (statistics.median(part) for part in (memory[len(memory) // 10: len(memory) // 5], memory[-len(memory) // 10:]))
            print(f"{done} clicks in {minutes:g} minutes, none lost; memory {first:.0f} MB after a tenth of them, {last:.0f} MB at the end")
        code, left = studio.stop()
        print(f"ended with {code}, left {left}")


if __name__ == "__main__":
    main()
