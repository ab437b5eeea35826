/** How long a witness waits for what her browser computes, in milliseconds. */
import { verifyDirectory } from "../../app/site/client/directory.js";
import { concat } from "../../app/site/client/bytes.js";
import * as phrase from "../../app/site/client/phrase.js";
import { randomBytes } from "../../app/site/client/random.js";
import { sealAccount, sealFile, readBoard, threadOf } from "../../app/site/client/witness.js";
import { NOW, ORIGIN, organisationOf } from "./formats/organisation.mjs";

const LAWYERS = 16;
const BOARD_CELLS = 1_280;
const FILE_MEBIBYTES = 16;

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<[T, number]>}
 */
async function timed(work) {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

/** Measure with a directory of 16 lawyers and a board of 1,280 cells. */
export async function measure() {
  const organisation = await organisationOf(LAWYERS);
  const verify = () => verifyDirectory(organisation.directory, organisation.trust, NOW, ORIGIN);
  const [, firstVerification] = await timed(verify);
  const [directory, verification] = await timed(verify);

  const words = phrase.generate(randomBytes);
  const [thread, threadKeys] = await timed(() => threadOf(words));
  const sealing = {
    thread,
    directory,
    lawyers: directory.recipients.map(({ lawyer }) => lawyer.id),
    read: {},
    questionnaire: "1",
    client: "speed",
    random: randomBytes,
  };
  const account = {
    kind: /** @type {const} */ ("account"),
    answers: { narrative: "Lo que pasó. ".repeat(2_000) },
    consent: {},
    urgency: {},
  };
  const seal = () => sealAccount(sealing, account).cells.next();
  const [, firstSealing] = await timed(seal);
  const [, sealingMessage] = await timed(seal);
  const few = { ...sealing, lawyers: sealing.lawyers.slice(0, 1) };
  const [, sealingToOne] = await timed(() => sealAccount(few, account).cells.next());

  const file = new Blob([randomBytes(FILE_MEBIBYTES * 2 ** 20)]);
  const [cells, sealingFile] = await timed(async () => {
    let count = 0;
    for await (const cell of sealFile(sealing, file, "x").cells) count += cell.length === 2 ** 20 ? 1 : 0;
    return count;
  });

  const board = concat(...Array.from({ length: BOARD_CELLS }, () => randomBytes(4_096)));
  const [, reading] = await timed(() => readBoard(words, board, directory));
  const typed = await phrase.toWords(words, "es");
  const [, readingPhrase] = await timed(() => phrase.fromWords(typed));
  return {
    directoryBytes: organisation.directory.length,
    firstVerification,
    verification,
    threadKeys,
    firstSealing,
    sealingMessage,
    sealingToOne,
    sealingFileMebibytesPerSecond: (1_000 * cells) / (sealingFile - sealingMessage),
    readingBoard: reading,
    readingPhrase,
  };
}
