// Pointers and wheel on a canvas, told apart: taps, drags, pinches.

const stillness = 4;

/**
 * Listens to a canvas; places are CSS pixels from its upper left.
 *
 * handlers: tap(place, event), drag(phase, place, moved, event) with the phases begin, move and end, pinch(factor, place, moved),
 * wheel(place, event), hover(place | null, event). What a drag means is for its handler; a drag that never began is a tap.
 */
export function listen(canvas, handlers) {
  const held = new Map();
  let drag = null;
  const placeOf = event => {
    const r = canvas.getBoundingClientRect();
    return [event.clientX - r.left, event.clientY - r.top];
  };
  const between = () => {
    const [a, b] = [...held.values()];
    return { middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], apart: Math.hypot(a[0] - b[0], a[1] - b[1]) };
  };
  canvas.addEventListener('pointerdown', event => {
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, placeOf(event));
    if (held.size === 1) drag = { from: placeOf(event), last: placeOf(event), isMoving: false, button: event.button };
    if (held.size === 2 && drag) {
      if (drag.isMoving) handlers.drag('end', drag.last, [0, 0], event, drag);
      drag = null;
    }
  });
  canvas.addEventListener('pointermove', event => {
    const place = placeOf(event);
    if (!held.has(event.pointerId)) return handlers.hover(place, event);
    if (held.size === 2) {
      const before = between();
      held.set(event.pointerId, place);
      const after = between();
      handlers.pinch(after.apart / Math.max(1, before.apart), after.middle, [after.middle[0] - before.middle[0], after.middle[1] - before.middle[1]]);
      return;
    }
    held.set(event.pointerId, place);
    if (!drag) return;
    if (!drag.isMoving) {
      if (Math.hypot(place[0] - drag.from[0], place[1] - drag.from[1]) < stillness) return;
      drag.isMoving = true;
      handlers.drag('begin', drag.from, [0, 0], event, drag);
    }
    handlers.drag('move', place, [place[0] - drag.last[0], place[1] - drag.last[1]], event, drag);
    drag.last = place;
  });
  const release = event => {
    if (!held.delete(event.pointerId) || !drag) return;
    if (drag.isMoving) handlers.drag('end', drag.last, [0, 0], event, drag);
    else if (event.type === 'pointerup') handlers.tap(placeOf(event), event, drag);
    drag = null;
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', event => { if (!held.size) handlers.hover(null, event); });
  canvas.addEventListener('contextmenu', event => event.preventDefault());
  canvas.addEventListener('wheel', event => {
    event.preventDefault();
    handlers.wheel(placeOf(event), event);
  }, { passive: false });
}

/** How much a turn of the wheel zooms, for mice and touch pads alike. */
export const wheelFactor = event => Math.exp(-Math.max(-120, Math.min(120, event.deltaMode ? 30 * event.deltaY : event.deltaY)) * (event.ctrlKey ? 0.01 : 0.0025));
