// The mesh as its file paints it: colours of vertices and materials, and the materials' pictures.

import { attribute } from './gl.js';

const mostRanges = 256;

/** Loads an image for a texture; null where the browser cannot show it. */
async function loaded(address) {
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
    return image;
  } catch {
    return null;
  }
}

function texture(gl, image) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image);
  gl.generateMipmap(gl.TEXTURE_2D);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
  return made;
}

/** What a surface is painted with, in the graphics memory. */
export class Materials {
  constructor(gl) {
    this.gl = gl;
    this.white = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.white);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 1, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array([255, 255, 255, 255]));
    this.free();
  }

  free() {
    for (const buffer of this.buffers ?? []) this.gl.deleteBuffer(buffer);
    for (const made of this.textures?.values() ?? []) this.gl.deleteTexture(made);
    Object.assign(this, { buffers: [], textures: new Map(), ranges: [] });
  }

  /**
   * Takes in a surface's paint; its vertex array must be bound.
   *
   * `tensors` are those of the mesh's geometry: colors [V x 3], materials [T], coordinates [T x 3 x 2], each if the file has it; `list` is
   * the mesh's list of materials.
   */
  take({ triangles, triangleCount }, { colors, materials, coordinates }, list) {
    const { gl } = this, tints = new Uint8Array(12 * triangleCount).fill(255), inks = list.map(({ color }) => [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16)));
    for (let corner = 0; corner < triangles.length; corner++) {
      const ink = materials && inks[materials[Math.floor(corner / 3)]];
      for (let k = 0; k < 3; k++) tints[4 * corner + k] = (ink ? ink[k] : 255) * (colors ? colors[3 * triangles[corner] + k] / 255 : 1);
    }
    const places = coordinates ? coordinates.map(c => (Number.isNaN(c) ? 0 : c)) : new Float32Array(6 * triangleCount);
    this.buffers = [attribute(gl, 3, tints, 4, gl.UNSIGNED_BYTE, true), attribute(gl, 4, places, 2, gl.FLOAT, false)];
    const ranges = [];
    for (let t = 0; materials && coordinates && t < triangleCount; t++) {
      const material = list[materials[t]]?.hasPicture ? materials[t] : -1;
      if (ranges.at(-1)?.material !== material) ranges.push({ material, first: t, count: 0 });
      ranges.at(-1).count++;
    }
    // a file whose pictures change all the time is shown in its materials' colours only
    this.ranges = ranges.length <= mostRanges ? ranges : [];
  }

  /** Gets the pictures; `address` gives that of a material. */
  async load(address) {
    const { ranges } = this;
    for (const material of new Set(ranges.map(range => range.material).filter(m => m >= 0))) {
      const image = await loaded(address(material));
      if (this.ranges !== ranges) return;
      if (image) this.textures.set(material, texture(this.gl, image));
    }
  }

  /** Draws the surface range by range, each with its picture at the texture unit 2. */
  draw(triangleCount) {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE2);
    for (const { material, first, count } of this.ranges.length ? this.ranges : [{ material: -1, first: 0, count: triangleCount }]) {
      gl.bindTexture(gl.TEXTURE_2D, this.textures.get(material) ?? this.white);
      gl.drawArrays(gl.TRIANGLES, 3 * first, 3 * count);
    }
    gl.activeTexture(gl.TEXTURE0);
  }
}
