// Asks the server what the document wants to know, and fills in what it answers.
//
// A record is what is known of an answer:
//   kind      match, segment, map, or hand
//   state     asking, done, failed, withdrawn (a newer question took its place)
//   id        the server's answer, from which files come
//   document  what is shown of the command line's --json
//   masks     { object, part } of the photo, run lengths
//   runs      the faces of the part
//   vertex    the buddy or the clicked vertex
//   pixel     the place in the photo that belongs to it
//   regions   of a map: [{ name, mask, runs, vertex }]
//   back      of a click on the mesh: { state, id, found, qualifies, existence, explanation } of where that is in the photo

import * as api from './api.js';
import { runsOf } from './faces.js';
import { maskOfPicture } from './mask.js';

export class Session {
  constructor(store, fail) {
    this.store = store;
    this.fail = fail;
    this.places = new Map();
  }

  /** The conversation of this tab and the number of a question in it: the server answers the question of the highest number. */
  async next() {
    const turn = this.turn = (this.turn ?? 0) + 1;
    return { conversation: await (this.begun ??= api.beginConversation()), turn };
  }

  /** What a click would mean in the photo: its masks for each level. */
  async hovered(photo, click) { return (await api.masks(photo, click, await this.next())).masks; }

  /** Asks anew, as a step that can be undone. */
  ask(name, question, extra = {}) {
    const record = { kind: { photo: 'match', mesh: 'segment', whole: 'map' }[question.from], state: 'asking', asked: performance.now(), ...extra };
    this.store.commit(name, { question, record, active: null });
    return this.run(question, record);
  }

  /** Asks again what was withdrawn before it was answered: somebody went back to it. */
  resume() {
    const { question, record } = this.store.document;
    if (record?.state !== 'withdrawn' || question.from === 'hand') return;
    record.state = 'asking';
    record.asked = performance.now();
    this.run(question, record);
  }

  get isAsking() { return this.store.document.record?.state === 'asking'; }

  async run(question, record) {
    const { photo, mesh } = this.store.document;
    try {
      if (question.from === 'photo') await (mesh ? this.match(question, record, photo, mesh) : this.segmentPhoto(question, record, photo));
      else if (question.from === 'whole') await this.map(record, photo, mesh);
      else await this.segment(question, record, photo, mesh);
      record.state = 'done';
    } catch (error) {
      record.state = error.code === 'withdrawn' ? 'withdrawn' : 'failed';
      record.error = error.message;
      // a server that was started anew knows the conversation no more
      if (error.code === 'unknown') this.begun = null;
      if (record.state === 'failed') this.fail(error);
    }
    this.store.tell();
  }

  // From the photo

  async match(question, record, photo, mesh) {
    const { id, document } = await api.ask('match', {
      ...await this.next(), photo, mesh, click: clickOf(question), options: { level: question.level },
    }, (name, data) => {
      if (name === 'masks') record.masks = data;
      if (name === 'buddy') take(record, data);
      if (name === 'progress') record.progress = data;
      this.store.tell();
    });
    record.id = id;
    take(record, document);
    if (document.segment) record.runs = runsOf(await api.answerArray(id, 'face_labels.npy'));
    if (!document.found) await this.findLikeliest(record);
  }

  /** No such part: the vertex that comes nearest, all the same. */
  async findLikeliest(record) {
    const similarity = await this.similarity(record).catch(() => null);
    if (!similarity) return;
    const best = similarity.reduce((best, s, v) => (s > similarity[best] ? v : best), 0);
    if (Number.isFinite(similarity[best])) record.likeliest = best;
  }

  /** How alike each vertex is to what was clicked; asked for once. */
  similarity(record) {
    if (this.heat?.id !== record.id) this.heat = { id: record.id, values: api.answerArray(record.id, 'similarity.npy') };
    return this.heat.values;
  }

  /** Without a mesh: only what the click means in the photo. */
  async segmentPhoto(question, record, photo) {
    const masks = await this.hovered(photo, clickOf(question));
    const of = level => masks.find(mask => mask.level === level)?.segmentation;
    record.masks = { part: of(question.level), object: of('object') };
  }

  async alternatives(record) {
    if (!this.places.has(record.id)) {
      const { id, document } = await api.ask('alternatives', { ...await this.next(), answer: record.id, limit: 8 });
      this.places.set(record.id, document.places.map((place, i) => ({ ...place, answer: id, file: `alternative-${i + 1}-faces.npy` })));
    }
    return this.places.get(record.id);
  }

  async facesOf(place) { return place.runs ??= runsOf(await api.answerArray(place.answer, place.file)); }

  // From the mesh

  async segment(question, record, photo, mesh) {
    const at = isWanted => question.places.filter(p => p.isWanted === isWanted).map(p => ({ vertex: p.vertex }));
    const { id, document } = await api.ask('segment', { ...await this.next(), mesh, positive: at(true), negative: at(false) });
    Object.assign(record, { id, document: { segment: document.segment }, vertex: question.places[0].vertex });
    record.runs = runsOf(await api.answerArray(id, 'face_labels.npy'));
    this.store.tell();
    if (photo && !record.isRefined) await this.locate(record, photo, mesh);
  }

  /** Where in the photo the clicked vertex is. */
  async locate(record, photo, mesh) {
    record.back = { state: 'asking' };
    this.store.tell();
    const { id, document } = await api.ask('locate', { ...await this.next(), photo, mesh, place: { vertex: record.vertex } });
    const mask = async name => maskOfPicture(await api.answerPicture(id, name));
    record.masks = { object: await mask('object_mask.png'), part: document.found ? await mask('mask.png') : null };
    record.pixel = document.pixel;
    record.back = { state: 'done', id, found: document.found, qualifies: document.qualifies, existence: document.existence, explanation: document.explanation };
  }

  // The whole object

  async map(record, photo, mesh) {
    const { id, document } = await api.ask('map', { ...await this.next(), photo, mesh }, (name, data) => {
      if (name === 'progress') record.progress = data;
      this.store.tell();
    });
    const labels = await api.answerArray(id, 'face_labels.npy');
    record.id = id;
    record.document = { found: document.found, objectShares: document.objectShares };
    record.regions = document.regions.filter(region => region.found).map(region => ({
      mask: region.segmentation, vertex: region.vertex, runs: runsOf(labels.map(label => (label === region.label ? 1 : 0))),
    })).filter(region => region.runs.length > 1);
  }
}

const told = ['found', 'grade', 'doubts', 'explanation', 'position', 'iou', 'existence', 'similarity', 'qualifies', 'segment', 'warnings'];

/** Takes over what the document of a match says; not the settings and models, since the history may become long. */
function take(record, document) {
  record.document = Object.fromEntries(told.filter(name => name in document).map(name => [name, document[name]]));
  record.vertex = document.vertex ?? null;
  record.pixel = document.pixel ?? null;
}

/** A question in the photo as the interface takes it: the first wanted point, then the rest. */
function clickOf({ points, box }) {
  const wanted = points.filter(p => p.isWanted), unwanted = points.filter(p => !p.isWanted);
  const first = wanted[0] ?? { x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2 };
  const click = { x: first.x, y: first.y };
  if (wanted.length > 1) click.positive = wanted.slice(1).map(p => [p.x, p.y]);
  if (unwanted.length) click.negative = unwanted.map(p => [p.x, p.y]);
  if (box) click.box = box;
  return click;
}
