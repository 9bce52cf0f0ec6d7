// The little of WebGL2 that is the same everywhere: programs, buffers, textures, off-screen pictures.

/** A program with its uniforms by name; attributes are bound to the places given, so that programs share buffers. */
export class Program {
  constructor(gl, vertex, fragment, attributes) {
    this.gl = gl;
    this.program = gl.createProgram();
    for (const [type, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(this.program, shader);
    }
    attributes.forEach((name, place) => gl.bindAttribLocation(this.program, place, name));
    gl.linkProgram(this.program);
    if (!gl.getProgramParameter(this.program, gl.LINK_STATUS)) {
      const logs = gl.getAttachedShaders(this.program).map(s => gl.getShaderInfoLog(s));
      throw new Error(`a shader was refused: ${gl.getProgramInfoLog(this.program)} ${logs.join(' ')}`);
    }
    this.uniforms = new Map();
    for (let i = 0; i < gl.getProgramParameter(this.program, gl.ACTIVE_UNIFORMS); i++) {
      const { name, type } = gl.getActiveUniform(this.program, i);
      this.uniforms.set(name, { type, place: gl.getUniformLocation(this.program, name) });
    }
  }

  /** Takes the program in use and sets uniforms; names that the program does not have are left out. */
  use(values) {
    const { gl } = this;
    gl.useProgram(this.program);
    for (const [name, value] of Object.entries(values)) {
      const uniform = this.uniforms.get(name);
      if (!uniform) continue;
      switch (uniform.type) {
        case gl.FLOAT_MAT4: gl.uniformMatrix4fv(uniform.place, false, value); break;
        case gl.FLOAT_VEC4: gl.uniform4fv(uniform.place, value); break;
        case gl.FLOAT_VEC3: gl.uniform3fv(uniform.place, value); break;
        case gl.FLOAT_VEC2: gl.uniform2fv(uniform.place, value); break;
        case gl.FLOAT: gl.uniform1f(uniform.place, value); break;
        default: gl.uniform1i(uniform.place, value);
      }
    }
  }
}

/** A vertex buffer bound to an attribute's place. */
export function attribute(gl, place, data, size, type, normalized, usage = gl.STATIC_DRAW) {
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, data, usage);
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, size, type, normalized, 0, 0);
  return buffer;
}

/** How wide textures are that hold one texel for each triangle. */
export const tableWidth = 2048;

/** A texture with one RGBA texel for each of `count` items. */
export class Table {
  constructor(gl, count) {
    this.gl = gl;
    this.rows = Math.max(1, Math.ceil(count / tableWidth));
    this.texels = new Uint8Array(4 * tableWidth * this.rows);
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, side, gl.NEAREST);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, tableWidth, this.rows);
    this.send();
  }

  send() {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, tableWidth, this.rows, gl.RGBA, gl.UNSIGNED_BYTE, this.texels);
  }

  bind(unit) {
    this.gl.activeTexture(this.gl.TEXTURE0 + unit);
    this.gl.bindTexture(this.gl.TEXTURE_2D, this.texture);
    this.gl.activeTexture(this.gl.TEXTURE0);
  }

  free() { this.gl.deleteTexture(this.texture); }
}

/** An off-screen picture of bytes with depth. */
export class Offscreen {
  constructor(gl) {
    this.gl = gl;
    this.frame = gl.createFramebuffer();
    this.plane = gl.createRenderbuffer();
    this.depth = gl.createRenderbuffer();
    this.width = this.height = 0;
  }

  /** Makes it the target, with the given size, cleared to 0. */
  begin(width, height) {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    if (width !== this.width || height !== this.height) {
      Object.assign(this, { width, height });
      gl.bindRenderbuffer(gl.RENDERBUFFER, this.plane);
      gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, width, height);
      gl.bindRenderbuffer(gl.RENDERBUFFER, this.depth);
      gl.renderbufferStorage(gl.RENDERBUFFER, gl.DEPTH_COMPONENT24, width, height);
      gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, this.plane);
      gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.RENDERBUFFER, this.depth);
    }
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  }

  end() { this.gl.bindFramebuffer(this.gl.FRAMEBUFFER, null); }

  /** The pixels of a rectangle as uint32, from its lower left on. */
  read(x, y, width, height) {
    const { gl } = this, bytes = new Uint8Array(4 * width * height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    gl.readPixels(x, y, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    this.end();
    return new Uint32Array(bytes.buffer);
  }
}
