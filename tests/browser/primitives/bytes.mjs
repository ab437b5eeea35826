/** Encodings accept one spelling of each value; randomness is uniform. */
import * as bytes from "../../../app/site/client/bytes.js";
import { randomBelow, randomBytes, shuffled } from "../../../app/site/client/random.js";
import { holds, outcomeOf, repeatable, same } from "../harness/check.mjs";

/** @param {(text: any) => unknown} decode */
function refuses(decode) {
  return async (/** @type {unknown[]} */ spellings) => {
    for (const spelling of spellings) {
      same(await outcomeOf(() => decode(spelling)), "encoding", JSON.stringify(spelling));
    }
  };
}

/** @type {import("../harness/modules.mjs").ModuleTest[]} */
export const tests = [
  {
    name: "base64 is the standard alphabet with padding, and reads what it writes",
    run: () => {
      // RFC 4648, section 10.
      for (const [plain, encoded] of [
        ["", ""],
        ["f", "Zg=="],
        ["fo", "Zm8="],
        ["foo", "Zm9v"],
        ["foob", "Zm9vYg=="],
        ["fooba", "Zm9vYmE="],
        ["foobar", "Zm9vYmFy"],
      ]) {
        same(bytes.base64(bytes.utf8(plain)), encoded);
        same(bytes.fromUtf8(bytes.fromBase64(encoded)), plain);
      }
      const below = repeatable(64);
      for (const length of [1, 2, 3, 4095, 4096, 4097, 65_536, 100_001]) {
        const value = new Uint8Array(length).map(() => below(256));
        same(bytes.fromBase64(bytes.base64(value)), value);
      }
    },
  },
  {
    name: "base64 in any other spelling is refused",
    run: () =>
      refuses(bytes.fromBase64)([
        "Zg",
        "Zg=",
        "Zh==",
        "Zm9=",
        "Zg==\n",
        " Zg==",
        "Zm 9v",
        "Zm9v====",
        "Zm-_",
        "Zg==Zg==",
        "=",
        "é",
        "Zm9vY",
      ]),
  },
  {
    name: "hexadecimal is lower case, and reads what it writes",
    run: async () => {
      const every = Uint8Array.from({ length: 256 }, (_, i) => i);
      same(bytes.fromHex(bytes.hex(every)), every);
      same(bytes.hex(Uint8Array.of(0, 15, 16, 255)), "000f10ff");
      await refuses(bytes.fromHex)(["0", "0F", "FF", "0g", " 00", "0x00", "éé", "000"]);
    },
  },
  {
    name: "UTF-8 is strict both ways",
    run: async () => {
      for (const text of ["", "ñandú", "\ufeffmark", "😀", "\u0000"]) {
        same(bytes.fromUtf8(bytes.utf8(text)), text);
      }
      await refuses(bytes.utf8)(["\ud800", "a\udc00b", "\udc00\ud800"]);
      for (const spelling of ["ff", "c080", "eda080", "f4908080", "e282", "80"]) {
        const refused = outcomeOf(() => bytes.fromUtf8(bytes.fromHex(spelling)));
        same(await refused, "encoding", spelling);
      }
    },
  },
  {
    name: "integers are big-endian and stay in range",
    run: async () => {
      same(bytes.u16(0x0102), Uint8Array.of(1, 2));
      same(bytes.u32(0xfffefdfc), Uint8Array.of(0xff, 0xfe, 0xfd, 0xfc));
      const wide = Uint8Array.of(9, 9, 1, 2, 3, 4, 9).subarray(2);
      same(bytes.readU16(wide, 0), 0x0102);
      same(bytes.readU32(wide, 0), 0x01020304);
      await refuses(bytes.u16)([-1, 65_536, 1.5, NaN, "1"]);
      await refuses(bytes.u32)([-1, 2 ** 32, 0.1, Infinity]);
      await refuses((offset) => bytes.readU32(wide, offset))([-1, 2, 5, 0.5]);
    },
  },
  {
    name: "byte strings are equal only when all of them is",
    run: () => {
      const one = Uint8Array.of(1, 2, 3);
      holds(bytes.equal(one, one.slice()), "equal");
      holds(!bytes.equal(one, Uint8Array.of(1, 2, 4)), "other last");
      holds(!bytes.equal(one, Uint8Array.of(0, 2, 3)), "other first");
      holds(!bytes.equal(one, Uint8Array.of(1, 2)), "shorter");
      same(bytes.concat(one, new Uint8Array(0), one), Uint8Array.of(1, 2, 3, 1, 2, 3));
    },
  },
  {
    name: "random bytes come in any number and do not repeat",
    run: () => {
      for (const length of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
        same(randomBytes(length).length, length);
      }
      const long = randomBytes(200_000);
      holds(long.subarray(-100).some((byte) => byte !== 0), "the end was not filled");
      holds(!bytes.equal(randomBytes(32), randomBytes(32)), "the same twice");
    },
  },
  {
    name: "a random integer is drawn again rather than bent",
    run: () => {
      const draws = [bytes.u32(2 ** 32 - 1), bytes.u32(5)];
      same(randomBelow(3, () => /** @type {any} */ (draws.shift())), 2);
      same(draws.length, 0);
      same(randomBelow(1, () => bytes.u32(77)), 0);
    },
  },
  {
    name: "shuffling is uniform over positions and leaves the list alone",
    run: () => {
      const list = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
      const counts = list.map(() => list.map(() => 0));
      const rounds = 1600;
      const below = repeatable(16);
      const repeatableBytes = (/** @type {number} */ length) =>
        new Uint8Array(length).map(() => below(256));
      for (let i = 0; i < rounds; i += 1) {
        for (const [position, item] of shuffled(list, repeatableBytes).entries()) {
          counts[item][position] += 1;
        }
      }
      same(list, [...list].sort((a, b) => a - b));
      // Chi-squared with 225 degrees of freedom: above 312 once in ten thousand.
      const expected = rounds / 16;
      const chi = counts.flat().reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      holds(chi < 312, `chi-squared ${chi}`);
    },
  },
];
