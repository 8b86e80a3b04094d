// A sum that a phone does in seconds and that a machine can't do ten thousand times: find, for each
// piece, a number whose SHA-256 with the seal begins with so many zero bits. Loaded only under attack.
{
  const form = document.querySelector("[data-proof]"), fields = form.elements;
  const [busy, wait] = form.querySelectorAll("[data-busy],[data-wait]"), bar = busy.querySelector("progress");
  const zero = 32 - form.dataset.proof, [K, H, w] = [64, 8, 64].map((n) => new Int32Array(n)), found = [];
  const part = (x) => (x % 1) * 2 ** 32 | 0, turn = (x, n) => x >>> n | x << 32 - n;
  for (let n = 2, k = 0; k < 64; n++) {
    let i = 2;
    while (n % i) i++;
    if (i == n) H[k] = part(n ** 0.5), K[k++] = part(n ** (1 / 3));
  }
  // The first 32 bits of the hash of a text of at most 55 signs: one block.
  const hash = (text) => {
    w.fill(0);
    for (let i = 0; i <= text.length; i++) w[i >> 2] |= (text.charCodeAt(i) || 128) << 24 - i % 4 * 8;
    w[15] = text.length * 8;
    let a = H[0], b = H[1], c = H[2], d = H[3], e = H[4], f = H[5], g = H[6], h = H[7];
    for (let i = 0; i < 64; i++) {
      if (i > 15) {
        const x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ x >>> 3) + (turn(y, 17) ^ turn(y, 19) ^ y >>> 10) | 0;
      }
      const t = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + K[i] + w[i] | 0;
      const u = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c);
      h = g; g = f; f = e; e = d + t | 0; d = c; c = b; b = a; a = t + u | 0;
    }
    return a + H[0] >>> 0;
  };
  let tried = 0;
  const work = () => {
    const end = Date.now() + 40;
    while (Date.now() < end && found.length < form.dataset.pieces)
      for (let i = 0; i < 64; i++, tried++)
        if (!(hash(fields.seal.value + "." + found.length + "." + tried.toString(36)) >>> zero)) {
          bar.value = found.push(tried.toString(36));
          tried = 0;
          break;
        }
    if (found.length < form.dataset.pieces) return setTimeout(work);
    fields.proof.value = found.join();
    form.submit();
  };
  busy.hidden = false;
  wait.hidden = true;
  work();
}
