// Starts the engine inside its worker.
//
// Trunk does not put a hash into the names of a worker's files. The page starts this script with `?v=BUILD`, and
// the same mark is passed on to the module and the wasm, so that a cache never pairs two builds.

const version = new URL(self.location.href).search;

// Asked for at once, not when the module is there: it is by far the largest.
const wasm = fetch(new URL(`./worker_bg.wasm${version}`, import.meta.url));
// That it fails is told below.
wasm.catch(() => {});

try {
  const { default: init } = await import(`./worker.js${version}`);
  await init({ module_or_path: wasm });
} catch (error) {
  // A module worker reports a failed top-level await nowhere else.
  self.postMessage(String(error));
}
