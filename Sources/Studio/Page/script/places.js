import { listOf } from './faces.js';

/** The other places that a click may mean, and faces that are lit while they are pointed at in a list. */
export class Places {
  constructor(studio) {
    this.studio = studio;
    this.list = null;
    this.lighted = null;
  }

  /** Another answer is shown: its places are not known yet. */
  follow(record) {
    if (this.record === record) return;
    Object.assign(this, { record, list: null, lighted: null });
  }

  async toggle() {
    const { record, store, session } = this.studio;
    if (this.list || record?.kind !== 'match' || record.state !== 'done' || !record.document?.found) {
      this.list = null;
      this.light(null);
      return store.tell();
    }
    this.studio.busy('Looking for other places …');
    try {
      const places = await session.alternatives(record);
      if (this.record === record) this.list = places;
      this.studio.say(places.length === 1 ? 'There is no other place.' : `${places.length} places are listed.`);
    } catch (error) {
      if (error.code !== 'withdrawn') this.studio.fail(error);
    }
    this.studio.busy(null);
    store.tell();
  }

  /** Lights a place or a part on the mesh while it is pointed at in a list; null for the answer itself. */
  async light(place) {
    this.pointedAt = place;
    if (place && !place.runs) {
      try { await this.studio.session.facesOf(place); } catch (error) { return this.studio.fail(error); }
      if (this.pointedAt !== place) return;
    }
    this.preview(place?.runs, place ?? {});
  }

  /** Shows faces instead of the answer for the moment. */
  preview(runs, { color, vertex } = {}) {
    this.lighted = runs ? { runs, color, vertex } : null;
    this.studio.store.tell();
  }

  /** Takes another place as the answer. */
  async choose(place) {
    const { record, store, session, meshPane } = this.studio, runs = await session.facesOf(place);
    // the list stays: it belongs to the new answer as well
    this.record = { ...record, runs, vertex: place.vertex, pixel: place.pixel, isEdited: true };
    this.lighted = null;
    store.commit('Another place', { record: this.record });
    meshPane.viewer.turnToFaces(listOf(runs));
  }
}
