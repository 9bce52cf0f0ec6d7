// The binary files of the interface: .npy arrays and safetensors.

const numpyTypes = { '<f4': Float32Array, '|b1': Uint8Array, '|u1': Uint8Array, '<i4': Int32Array };
const tensorTypes = { F32: Float32Array, U32: Uint32Array, I32: Int32Array, U8: Uint8Array };

/** The numbers of a .npy file of version 1, as a flat typed array. */
export function readNumPy(buffer) {
  const size = new DataView(buffer).getUint16(8, true), header = new TextDecoder().decode(new Uint8Array(buffer, 10, size));
  const name = /'descr':\s*'([^']+)'/.exec(header)?.[1], type = numpyTypes[name];
  if (!type) throw new Error(`an array of the type ${name} is not known here`);
  return new type(buffer.slice(10 + size));
}

/** The tensors of a safetensors file by name, as flat typed arrays. */
export function readTensors(buffer) {
  const size = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size)));
  delete header.__metadata__;
  return Object.fromEntries(Object.entries(header).map(([name, { dtype, data_offsets: [begin, end] }]) => {
    const type = tensorTypes[dtype], start = 8 + size + begin;
    if (!type) throw new Error(`a tensor of the type ${dtype} is not known here`);
    const isAligned = start % type.BYTES_PER_ELEMENT === 0;
    return [name, isAligned ? new type(buffer, start, (end - begin) / type.BYTES_PER_ELEMENT) : new type(buffer.slice(start, 8 + size + end))];
  }));
}
