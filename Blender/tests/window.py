"""The add-on in a real window, clicked in: blender --enable-event-simulate --python window.py -- ZIP BSB FOLDER PICTURE

FOLDER holds the example `mug`. Presses the panel's button, clicks in the photo, adds, takes away, cancels, and writes a screenshot to PICTURE. While a
question is answered, the window must go on: the longest pause between two ticks of a timer is measured.
"""

import sys
import time
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))

from driving import MODULE, click_photo, news, override, run, screenshot, selected, simulate, start, wait_for_clicks  # noqa: E402

archive, program, folder, picture = sys.argv[-4:]
_pauses = [time.monotonic()]
_longest = 0.0
_progress = set()


def tick():
    global _longest
    now = time.monotonic()
    if MODULE in sys.modules and hasattr(sys.modules[MODULE], "news"):
        _progress.add(news().progress)
    _longest = max(_longest, now - _pauses[0])
    _pauses[0] = now
    return 0.01


def steps():
    global _longest
    obj = start(archive, program, f"{folder}/mug/mesh.obj", f"{folder}/mug/photo.png")
    yield 1
    yield from wait_for_clicks()
    x, y = map(float, Path(folder, "mug/click.txt").read_text().split(","))
    tick()
    _longest = 0.0
    yield click_photo(x, y)
    print("VERDICT", news().verdict, "| longest pause", round(_longest, 2), "s", flush=True)
    assert news().grade == "sure", news().verdict
    count, name = len(selected(obj)), obj.name
    assert count and obj.mode == "EDIT"
    yield 1
    screenshot(picture)
    # Undone while clicks are still taken, which go on.
    with override("VIEW_3D"):
        bpy.ops.ed.undo()
    yield 0.5
    assert bpy.data.objects[name].mode == "OBJECT"
    yield click_photo(x, y)
    obj = bpy.data.objects[name]
    assert len(selected(obj)) == count, news().verdict
    yield click_photo(x, y, ctrl=True)
    assert not selected(obj)
    # The mug's body, and with Shift its handle besides.
    yield click_photo(x - 160, y + 60)
    body = len(selected(obj))
    assert body and news().grade != "none", news().verdict
    yield click_photo(x, y, shift=True)
    assert len(selected(obj)) > body, (len(selected(obj)), body)
    yield click_photo(x, y, ctrl=True)
    left = selected(obj)
    # A click on the mug's body, withdrawn at once.
    answered = click_photo(x - 160, y + 60)
    simulate("ESC", "PRESS")
    yield answered
    assert news().verdict == "Cancelled", news().verdict
    assert selected(obj) == left
    simulate("ESC", "PRESS")
    yield 0.5
    click_photo(x, y)
    yield 1
    assert selected(obj) == left, "clicks count after the end"
    assert any(": " in text for text in _progress), f"no progress was told: {_progress}"
    print("WINDOW", bpy.app.version_string, "is fine:", count, "faces", flush=True)


bpy.app.timers.register(tick)
run(steps())
