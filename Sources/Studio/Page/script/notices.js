import { find, make } from './dom.js';

const stay = 2600;

/** Tells what has happened: aloud to screen readers, in a line at the bottom, and failures until they are closed. */
export class Notices {
  say(text, isQuiet) {
    find('#spoken').textContent = text;
    if (isQuiet) return;
    const line = find('#notice');
    line.textContent = text;
    line.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { line.hidden = true; }, stay);
  }

  /** A failure, with what to do about it. */
  fail(error) {
    const close = make('button', { type: 'button', class: 'quiet', onclick: () => box.remove() }, 'Close');
    const box = make('div', { class: 'failure' }, make('p', {}, error.message), close);
    const list = find('#failures');
    for (const other of list.children) if (other.firstChild.textContent === error.message) other.remove();
    list.append(box);
    while (list.children.length > 3) list.firstChild.remove();
  }

  /** Something that takes a while and has no measure. */
  busy(text) {
    find('#busy').hidden = !text;
    find('#busy-text').textContent = text ?? '';
  }

  /** How far the mesh is prepared: { text, done, total }, or null. */
  progress(state) {
    const box = find('#progress'), bar = find('#progress-bar');
    box.hidden = !state;
    if (!state) return;
    find('#progress-text').textContent = state.text;
    if (state.total) {
      bar.max = state.total;
      bar.value = state.done;
    } else bar.removeAttribute('value');
  }
}
