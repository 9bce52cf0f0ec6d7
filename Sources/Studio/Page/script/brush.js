import { find } from './dom.js';
import { bytesOf, runsOf } from './faces.js';

const sizes = { least: 4, most: 120, first: 18 };

/** Adds faces to a part and takes them away by hand; a stroke is one step of the history. */
export class Brush {
  constructor(studio, viewer) {
    Object.assign(this, { studio, viewer, radius: sizes.first });
    this.circle = find('#brush-circle');
    const slider = find('#brush-size');
    slider.addEventListener('input', () => this.resize(Number(slider.value)));
  }

  /** Changes its radius, in CSS pixels. */
  resize(radius) {
    this.radius = Math.max(sizes.least, Math.min(sizes.most, Math.round(radius)));
    find('#brush-size').value = this.radius;
    if (this.at) this.hover(this.at);
  }

  get isInHand() { return this.studio.tool === 'paint' || this.studio.tool === 'erase'; }

  hover(place) {
    this.at = place;
    this.circle.hidden = !place || !this.isInHand;
    if (this.circle.hidden) return;
    this.circle.style.transform = `translate(${place[0] - this.radius}px, ${place[1] - this.radius}px)`;
    this.circle.style.width = this.circle.style.height = `${2 * this.radius}px`;
  }

  /** One touch. */
  dab(place, tool) {
    this.drag('begin', place, tool);
    this.drag('end', place, tool);
  }

  drag(phase, place, tool) {
    const { store } = this.studio;
    if (!store.mesh) return;
    if (phase === 'begin') {
      const target = store.active ?? store.document.record;
      this.stroke = { bytes: bytesOf(target?.runs ?? [], store.mesh.faces), isChanged: false, last: place };
    }
    if (!this.stroke) return;
    this.hover(place);
    // as many dabs as leave no gap
    const { last, bytes } = this.stroke, steps = Math.max(1, Math.ceil(Math.hypot(place[0] - last[0], place[1] - last[1]) / this.radius));
    for (let i = 1; i <= steps; i++) {
      const at = [0, 1].map(k => last[k] + (place[k] - last[k]) * i / steps);
      for (const face of this.viewer.facesWithin(...at, this.radius)) {
        const value = tool === 'paint' ? 1 : 0;
        this.stroke.isChanged ||= bytes[face] !== value;
        bytes[face] = value;
      }
    }
    this.stroke.last = place;
    if (phase === 'end') this.finish(tool);
    else this.studio.places.preview(runsOf(bytes));
  }

  finish(tool) {
    const { store } = this.studio, { bytes, isChanged } = this.stroke, { record, active, question } = store.document;
    this.stroke = null;
    this.studio.places.preview(null);
    if (!isChanged) return;
    const runs = runsOf(bytes), name = tool === 'paint' ? 'Paint' : 'Erase';
    if (store.active) store.commitPart(name, active, { runs });
    else if (record) store.commit(name, { record: { ...record, runs, isEdited: true } });
    else store.commit(name, { question: question ?? { from: 'hand' }, record: { kind: 'hand', state: 'done', runs, isEdited: true } });
  }
}
