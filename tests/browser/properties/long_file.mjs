/** A file that is longer than a segment: 64 MiB are sealed, which takes its time. */
import { hex } from "../../../app/site/client/bytes.js";
import { PART_CELL_BYTES, SEGMENT_BYTES } from "../../../app/site/client/part.js";
import { sha256 } from "../../../app/site/client/sha256.js";
import { sealFile } from "../../../app/site/client/witness.js";
import { allOf, contentOf, fileOf, opened, witnessOf } from "../formats/witnessing.mjs";
import { holds, same } from "../harness/check.mjs";

/** @type {import("../harness/modules.mjs").ModuleTest[]} */
export const tests = [
  {
    name: "a file one byte longer than a segment is two segments of one group",
    run: async () => {
      const { sealing, keys } = await witnessOf(1);
      const size = SEGMENT_BYTES + 1;
      let asked = 0;
      const audience = () => {
        asked += 1;
        return sealing.audience();
      };
      const cells = await allOf(sealFile({ ...sealing, audience }, fileOf(size), "video"));
      same(asked, 3, "times that it was asked who may read: before all, and for each message");
      const kinds = cells.map((cell) => (cell.length === PART_CELL_BYTES ? "part" : "message"));
      same(kinds.indexOf("message"), 64);
      const { manifests, content } = await opened(cells, keys);
      same(
        manifests.map((one) => [one.segment, one.segments, one.offset, one.size, one.fileSize]),
        [
          [0, 2, 0, SEGMENT_BYTES, size],
          [1, 2, SEGMENT_BYTES, 1, size],
        ],
      );
      same(manifests[0].group, manifests[1].group);
      holds(hex(manifests[0].key) !== hex(manifests[1].key), "one key for two segments");
      holds(manifests[0].id !== manifests[1].id, "one id for two segments");
      same(await sha256(content), await sha256(contentOf(0, size)), "content");
    },
  },
];
