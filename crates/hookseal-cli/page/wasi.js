// Asks the WebAssembly module.
//
// The module is a program that reads a question from its standard input and writes the answer
// to its standard output. Each question gets a new memory, which nothing refers to
// afterwards, since it held the secrets. The module has the clock and random bytes, and nothing
// else of WASI (https://github.com/WebAssembly/WASI, preview 1): no files, no network.
"use strict";

(() => {
  const SUCCESS = 0;
  const BAD_FILE = 8;

  let compiled;

  /** Compiles the module. It is gzip in base64, so that a page opened as a file can load it too. */
  function compile() {
    compiled ??= (async () => {
      const packed = new Blob([hookseal.bytesOf(hookseal.module)]).stream();
      const bytes = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
      hookseal.module = undefined;
      return WebAssembly.compile(bytes);
    })();
    return compiled;
  }

  class Exit extends Error {}

  /** Runs the program with an input, and returns its output. */
  function run(module, input) {
    const output = [];
    let read = 0;
    let memory;
    const view = () => new DataView(memory.buffer);

    /** Calls a function with each piece of memory in a list. */
    function each(list, count, use) {
      let total = 0;
      for (let place = 0; place < count; place++) {
        const start = view().getUint32(list + 8 * place, true);
        const length = view().getUint32(list + 8 * place + 4, true);
        total += use(new Uint8Array(memory.buffer, start, length));
      }
      return total;
    }

    const wasi = {
      fd_read(file, list, count, result) {
        if (file !== 0) return BAD_FILE;
        const total = each(list, count, (piece) => {
          const some = input.subarray(read, read + piece.length);
          piece.set(some);
          read += some.length;
          return some.length;
        });
        view().setUint32(result, total, true);
        return SUCCESS;
      },
      fd_write(file, list, count, result) {
        if (file !== 1 && file !== 2) return BAD_FILE;
        const total = each(list, count, (piece) => {
          if (file === 1) output.push(piece.slice());
          return piece.length;
        });
        view().setUint32(result, total, true);
        return SUCCESS;
      },
      clock_time_get(clock, precision, result) {
        view().setBigUint64(result, BigInt(Date.now()) * 1_000_000n, true);
        return SUCCESS;
      },
      random_get(start, length) {
        crypto.getRandomValues(new Uint8Array(memory.buffer, start, length));
        return SUCCESS;
      },
      environ_sizes_get(count, size) {
        view().setUint32(count, 0, true);
        view().setUint32(size, 0, true);
        return SUCCESS;
      },
      environ_get: () => SUCCESS,
      proc_exit(status) {
        throw new Exit(`exit status ${status}`);
      },
    };
    const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi });
    memory = instance.exports.memory;
    try {
      instance.exports._start();
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
    } finally {
      // The question holds the secrets.
      input.fill(0);
      new Uint8Array(memory.buffer).fill(0);
    }
    return new Blob(output).text();
  }

  /** Asks a question, and returns the answer. */
  hookseal.ask = async (question) => {
    const module = await compile();
    const input = new TextEncoder().encode(JSON.stringify(question));
    return JSON.parse(await run(module, input));
  };
})();
