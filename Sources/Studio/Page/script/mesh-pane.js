import * as api from './api.js';
import { Brush } from './brush.js';
import { faceColours } from './colours.js';
import { find } from './dom.js';
import { hasFace, listOf } from './faces.js';
import { listen, wheelFactor } from './gestures.js';
import { Surface } from './surface.js';
import { Viewer } from './viewer.js';

const orbitSpeed = 0.008, keySpeed = 0.12;

/** The mesh: what is shown of it, how it is turned, and clicks and the brush on it. */
export class MeshPane {
  constructor(studio) {
    this.studio = studio;
    this.canvas = find('#mesh');
    this.viewer = new Viewer(this.canvas);
    this.brush = new Brush(studio, this.viewer);
    listen(this.canvas, {
      tap: (place, event, { button }) => this.tap(place, button === 2 || event.altKey ? 'remove' : event.shiftKey ? 'add' : this.studio.tool),
      drag: (phase, place, moved, event, { button }) => this.drag(phase, place, moved, event, button),
      pinch: (factor, place, moved) => { this.zoom(factor); this.pan(moved); },
      wheel: (place, event) => this.zoom(wheelFactor(event)),
      hover: (place, event) => this.hoverAt(event.pointerType === 'touch' ? null : place),
    });
    studio.store.addEventListener('change', () => this.update());
  }

  // What is shown

  async update() {
    const { mesh } = this.studio.store;
    if (mesh?.id !== this.mesh?.id) await this.load(mesh);
    if (!this.surface || this.mesh.id !== mesh?.id) return;
    this.showColours();
    this.showMarks();
    await this.showHeat();
  }

  async load(mesh) {
    this.mesh = mesh;
    this.surface = null;
    this.shown = [];
    this.viewer.show(null);
    if (!mesh) return;
    this.studio.isLoading = true;
    this.studio.store.tell();
    try {
      const tensors = await api.geometry(mesh.id), { positions, triangles, triangle_faces: faceOfTriangle } = tensors;
      if (this.mesh.id !== mesh.id) return;
      this.surface = new Surface({ positions, triangles, faceOfTriangle, faceCount: mesh.faces });
      this.viewer.show(this.surface);
      this.viewer.takePaint(tensors, mesh.materials, material => api.materialAddress(mesh.id, material));
    } catch (error) {
      this.studio.fail(error);
    } finally {
      this.studio.isLoading = false;
      this.studio.store.tell();
    }
  }

  /** Colours the faces if anything that decides them has changed; a part that is new spreads from its vertex. */
  showColours() {
    const { store, record, regions, places: { lighted } } = this.studio, color = this.studio.answerColour, { active } = store;
    const kept = active ? store.parts.filter(part => part !== active) : store.parts;
    const lit = lighted ? [{ runs: lighted.runs, color: lighted.color ?? color }]
      : active ? [active] : regions.length ? regions : record?.runs ? [{ runs: record.runs, color }] : [];
    const decides = [this.surface, ...kept, ...lit.flatMap(l => [l.runs, l.color])];
    if (decides.length === this.shown.length && decides.every((d, i) => d === this.shown[i])) return;
    this.shown = decides;
    const isNew = record?.runs && record.runs !== this.arrived && !lighted && !record.isEdited;
    const from = isNew && Number.isInteger(record.vertex) ? this.surface.position(record.vertex) : null;
    this.viewer.restyle({ unsure: record?.document?.grade === 'unsure' && !lighted ? 1 : 0 });
    this.viewer.paint(faceColours(this.mesh.faces, kept, lit), from);
    if (isNew) {
      this.arrived = record.runs;
      if (record.kind === 'match') this.viewer.turnToFaces(listOf(record.runs), from);
      this.studio.arrived('lit', record);
    }
  }

  showMarks() {
    const { record, places: { lighted } } = this.studio, { question } = this.studio.store.document;
    let marks = [];
    if (lighted?.vertex !== undefined) marks = [{ vertex: lighted.vertex, kind: 'ring' }];
    else if (question?.from === 'mesh') marks = question.places.map(p => ({ vertex: p.vertex, kind: p.isWanted ? 'plus' : 'minus' }));
    else if (Number.isInteger(record?.vertex)) marks = [{ vertex: record.vertex, kind: 'ring' }];
    else if (Number.isInteger(record?.likeliest)) marks = [{ vertex: record.likeliest, kind: 'ring', isFaint: true }];
    const inks = { ring: [1, 1, 1], plus: [0.07, 0.53, 0.37], minus: [0.82, 0.2, 0.17] };
    const placed = marks.map(m => ({ ...m, position: this.surface.position(m.vertex), colour: inks[m.kind] }));
    if (JSON.stringify(placed) === this.marked) return;
    this.marked = JSON.stringify(placed);
    this.viewer.setMarks(placed);
    if (record?.kind === 'match' && Number.isInteger(record.vertex)) this.studio.arrived('ring', record);
  }

  async showHeat() {
    const { record, isHeatShown } = this.studio, isThere = isHeatShown && record?.kind === 'match' && record.id && record.state === 'done';
    this.viewer.restyle({ heatShown: isThere ? 1 : 0 });
    find('#legend').hidden = !isThere;
    if (!isThere || this.heated === record.id) return;
    this.heated = record.id;
    try {
      this.viewer.setLevel(1, spreadOut(await this.studio.session.similarity(record)));
    } catch (error) {
      this.studio.fail(error);
    }
  }

  // What is done

  tap(place, tool) {
    if (tool === 'paint' || tool === 'erase') return this.brush.dab(place, tool);
    const hit = this.viewer.pick(...place);
    if (hit) this.clickOn(hit, tool);
  }

  /** A click on a place of the surface with a tool. */
  clickOn(hit, tool) {
    const { question, record } = this.studio.store.document, place = { vertex: hit.vertex, isWanted: tool !== 'remove' };
    const begun = question?.from === 'mesh' ? question.places : Number.isInteger(record?.vertex) ? [{ vertex: record.vertex, isWanted: true }] : [];
    const isRefining = ['add', 'remove'].includes(tool) && begun.length > 0;
    if (tool === 'remove' && !isRefining) return this.studio.say('Click the part first; then take away what is too much.');
    this.studio.clicked();
    if (isRefining) this.studio.session.ask(place.isWanted ? 'Add to the part' : 'Take away from the part', { from: 'mesh', places: [...begun, place] }, { isRefined: true });
    else this.studio.session.ask('Click on the mesh', { from: 'mesh', places: [place] });
  }

  drag(phase, place, moved, event, button) {
    const { tool } = this.studio;
    if ((tool === 'paint' || tool === 'erase') && button === 0) return this.brush.drag(phase, place, tool);
    if (phase !== 'move') return;
    if (button === 1 || event.shiftKey || (button === 2 && tool !== 'paint' && tool !== 'erase')) this.pan(moved);
    else this.orbit(-moved[0] * orbitSpeed, moved[1] * orbitSpeed);
  }

  orbit(dx, dy) {
    this.viewer.hold();
    this.viewer.camera.orbit(-dx, dy);
    this.viewer.moved();
  }

  zoom(factor) {
    this.viewer.hold();
    this.viewer.camera.zoom(1 / factor);
    this.viewer.moved();
  }

  pan([dx, dy]) {
    this.viewer.hold();
    this.viewer.camera.pan(dx / this.canvas.clientHeight, dy / this.canvas.clientHeight);
    this.viewer.moved();
  }

  /** Which kept part is under the pointer, said by the list; with a brush, where it would paint. */
  hoverAt(place) {
    this.brush.hover(place);
    if (!this.surface || !place || !this.studio.store.parts.length) return this.studio.point(null);
    const hit = this.viewer.pick(...place);
    this.studio.point(hit && this.studio.store.parts.findLast(part => hasFace(part.runs, hit.face))?.id);
  }

  /** By keyboard: arrows turn, Enter clicks what is in the middle. */
  key(event) {
    if (!this.surface) return false;
    const [dx, dy] = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
    const middle = [this.canvas.clientWidth / 2, this.canvas.clientHeight / 2];
    if (event.shiftKey && (dx || dy)) this.pan([dx * 24, dy * 24]);
    else if (dx || dy) this.orbit(dx * keySpeed, dy * keySpeed);
    else if (event.key === 'Enter' || event.key === ' ') {
      if (this.viewer.pick(...middle)) this.tap(middle, this.studio.tool);
      else this.studio.say('Nothing is in the middle: turn the mesh with the arrows.');
    } else return false;
    return true;
  }
}

/** Similarities as bytes: the whole range of colours from the 5th to the highest of a hundred. */
function spreadOut(values) {
  const known = Float32Array.from(values.filter(Number.isFinite)).sort();
  const low = known[Math.floor(0.05 * known.length)] ?? 0, high = known[known.length - 1] ?? 1;
  return Uint8Array.from(values, v => (Number.isFinite(v) ? 255 * Math.max(0, Math.min(1, (v - low) / (high - low || 1))) ** 1.6 : 0));
}
