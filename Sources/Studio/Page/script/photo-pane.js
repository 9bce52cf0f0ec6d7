import * as api from './api.js';
import { find } from './dom.js';
import { listen, wheelFactor } from './gestures.js';
import { PhotoView } from './photo.js';

const largestSide = 2560;

/** The photo: what is shown of it, and clicks, boxes and the hover mask on it. */
export class PhotoPane {
  constructor(studio) {
    this.studio = studio;
    this.canvas = find('#photo');
    this.view = new PhotoView(this.canvas);
    this.hover = { waiting: null, isAsking: false, masks: null };
    listen(this.canvas, {
      tap: (place, event, { button }) => this.tap(place, button === 2 || event.altKey ? 'remove' : event.shiftKey ? 'add' : this.studio.tool),
      drag: (phase, place, moved, event, { button, from }) => this.drag(phase, place, moved, button, from),
      pinch: (factor, place, moved) => { this.view.zoomBy(factor, ...place); this.view.panBy(...moved); },
      wheel: (place, event) => this.view.zoomBy(wheelFactor(event), ...place),
      hover: (place, event) => this.hoverAt(event.pointerType === 'touch' ? null : place),
    });
    this.canvas.addEventListener('blur', () => this.view.set({ cursor: null }));
    studio.store.addEventListener('change', () => this.update());
  }

  // What is shown

  async update() {
    const { photo } = this.studio.store;
    if (photo?.id !== this.photo?.id) await this.load(photo);
    if (!this.photo || this.photo.id !== photo?.id) return;
    const { document: { question }, parts } = this.studio.store, { record } = this.studio, color = this.studio.answerColour;
    const layers = [];
    if (record?.masks?.object) layers.push({ mask: record.masks.object, color, style: 'object' });
    for (const part of parts) if (part.mask && part.photo === photo.id) layers.push({ mask: part.mask, color: part.color, style: 'kept' });
    for (const region of this.studio.regions) layers.push({ mask: region.mask, color: region.color, style: 'kept' });
    if (record?.masks?.part) layers.push({ mask: record.masks.part, color, style: 'part' });
    const hovered = this.hover.masks?.find(mask => mask.level === this.studio.store.level)?.segmentation;
    if (hovered && !this.studio.session.isAsking) layers.push({ mask: hovered, color, style: 'hover' });
    this.view.set({
      layers, points: question?.points ?? [], box: this.drawn ?? question?.box ?? null,
      ring: question?.from === 'mesh' && record?.pixel ? record.pixel.map(c => c + 0.5) : null,
    });
  }

  async load(photo) {
    this.photo = photo;
    this.hover.masks = null;
    this.view.show(null);
    if (!photo) return;
    const picture = new Image();
    picture.src = api.pictureAddress(photo.id, Math.max(photo.width, photo.height) > largestSide ? largestSide : null);
    await picture.decode().catch(() => this.studio.fail(new Error(`The picture of ${photo.name} could not be shown.`)));
    if (this.photo?.id === photo.id) this.view.show(picture, photo.width, photo.height);
  }

  // What is done

  tap(place, tool) {
    const at = this.view.photoPlace(...place);
    if (at) this.clickAt(at[0], at[1], tool);
  }

  /** A click on a pixel of the photo with a tool. */
  clickAt(x, y, tool) {
    const { store } = this.studio, { question, record } = store.document;
    const point = { x: rounded(x), y: rounded(y), isWanted: tool !== 'remove' };
    // what was found from the mesh is refined from the pixel that it was found at
    const begun = question?.from === 'photo' ? question.points
      : record?.pixel ? [{ x: record.pixel[0] + 0.5, y: record.pixel[1] + 0.5, isWanted: true }] : [];
    const isRefining = ['add', 'remove'].includes(tool) && (begun.length > 0 || question?.box);
    if (tool === 'remove' && !isRefining) return this.studio.say('Click the part first; then take away what is too much.');
    const name = isRefining ? (point.isWanted ? 'Add a point' : 'Remove a point') : 'Click in the photo';
    this.ask(name, isRefining ? { points: [...begun, point], box: question?.box ?? null } : { points: [point], box: null });
  }

  ask(name, where) {
    this.hover.masks = null;
    this.studio.clicked();
    this.studio.session.ask(name, { from: 'photo', level: this.studio.store.level, ...where });
  }

  drag(phase, place, moved, button, from) {
    if (this.studio.tool !== 'box' || button !== 0) {
      if (phase === 'move') this.view.panBy(...moved);
      return;
    }
    const a = this.view.photoPlace(...from, true), b = this.view.photoPlace(...place, true);
    if (!a) return;
    const box = [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])].map(rounded);
    this.drawn = phase === 'end' ? null : box;
    this.view.set({ box });
    if (phase === 'end' && box[2] - box[0] >= 2 && box[3] - box[1] >= 2) this.ask('Box', { points: [], box });
  }

  /** Asks for the mask under the pointer, one request at a time, the last place first. */
  async hoverAt(place) {
    const at = place && !['box', 'paint', 'erase'].includes(this.studio.tool) ? this.view.photoPlace(...place) : null;
    this.hover.waiting = at;
    if (!at && this.hover.masks) {
      this.hover.masks = null;
      this.update();
    }
    if (this.hover.isAsking) return;
    this.hover.isAsking = true;
    while (this.hover.waiting && !this.studio.session.isAsking) {
      const [x, y] = this.hover.waiting, { photo } = this;
      this.hover.waiting = null;
      try {
        const masks = await this.studio.session.hovered(photo.id, { x, y });
        if (this.photo !== photo || this.studio.session.isAsking) break;
        this.hover.masks = masks;
        this.update();
      } catch {
        break;  // a hover that got no answer is no fault to speak of: the next one asks again
      }
    }
    this.hover.isAsking = false;
  }

  // By keyboard: a cross that the arrows move

  key(event) {
    if (!this.photo) return false;
    const step = event.shiftKey ? 1 : 12, [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    const at = this.view.cursor ?? [this.view.width / 2, this.view.height / 2];
    if (dx || dy) {
      const moved = [[at[0], dx, this.view.width], [at[1], dy, this.view.height]]
        .map(([c, d, size]) => Math.max(0, Math.min(size - 1, c + d * step / this.view.scale)));
      this.view.set({ cursor: moved });
      this.hoverAt(this.view.canvasPlace(...moved));
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.view.set({ cursor: at });
      if (this.studio.tool === 'box') this.boxCorner(at);
      else this.clickAt(...at, this.studio.tool);
    } else return false;
    return true;
  }

  /** The first and the second corner of a box, by keyboard. */
  boxCorner(at) {
    if (!this.corner) {
      this.corner = at;
      return this.studio.say('First corner set. Move to the opposite corner and press Enter.');
    }
    const [a, b] = [this.corner, at];
    this.corner = null;
    this.ask('Box', { points: [], box: [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])].map(rounded) });
  }
}

const rounded = c => Math.round(c * 100) / 100;
