'use strict';
// Runs every case against an emulator of its kind.
//
//     node driver.js PEER

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Peer } = require('./peer');
const { clientOf } = require('./sdk');

const groups = { operations: require('./operations'), 'round trips': require('./round_trips') };

/** The modes of sdk.js as the conformance table names them. */
const modeNames = {
  none: 'none',
  cos: 'SSE-COS, SSE-S3',
  kms: 'SSE-KMS',
  'kms-named': 'SSE-KMS, key and context',
  'customer-1': 'SSE-C',
  'customer-2': 'SSE-C',
};

/** What a case works with. */
class Ground {
  constructor(peer, folder) {
    this.peer = peer;
    this.folder = folder;
    this.cos = clientOf(peer, folder);
    this.shown = [];
  }

  /** For the conformance table, once the case has passed. */
  shows(operation, mode = 'none', outcome = 'passed') {
    this.shown.push(`${operation}|${modeNames[mode]}|${outcome}\n`);
  }

  /** Calls the SDK. */
  sdk(operation, parameters) {
    const all = { Bucket: this.peer.bucket, Region: this.peer.region, ...parameters };
    if (operation !== 'getObjectUrl') return this.cos[operation](all);
    return new Promise((resolve, reject) => {
      this.cos.getObjectUrl(all, (problem, data) => (problem ? reject(problem) : resolve(data)));
    });
  }

  /** The source of a copy, as the SDK takes it. */
  source(key) {
    const host = `${this.peer.bucket}.cos.${this.peer.region}.myqcloud.com`;
    return `${host}/${encodeURIComponent(key).replaceAll('%2F', '/')}`;
  }

  /** Checks what the emulator was asked since the last time. Parts may come in any order. */
  async asked(...expected) {
    assert.deepEqual((await this.peer.requests()).sort(), expected.sort());
  }
}

/** Runs a case on `ground`, or where it asks for it on one of its own. Yields whether it passed. */
async function passes(each, ground, makeGround) {
  const own = each.alone || each.sessionToken;
  try {
    const here = own ? await makeGround(each.sessionToken) : ground;
    await here.peer.requests();
    here.shown = [];
    await each.run(here);
    if (process.env.COSIO_CONFORMANCE_RECORD)
      fs.appendFileSync(process.env.COSIO_CONFORMANCE_RECORD, here.shown.join(''));
    if (own) await here.peer.stop();
    return true;
  } catch (problem) {
    console.log(problem instanceof Error ? problem.stack : problem);
    return false;
  }
}

async function main(program) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cosio-interop-'));
  const makeGround = async (token) => new Ground(await Peer.start(program, token), folder);
  const failed = [];
  let count = 0;
  for (const [group, cases] of Object.entries(groups)) {
    const shared = await makeGround();
    for (const each of cases) {
      const passed = await passes(each, shared, makeGround);
      console.log(`${passed ? 'passed' : 'FAILED'}  ${group}: ${each.name}`);
      if (!passed) failed.push(each.name);
      count += 1;
    }
    await shared.peer.stop();
  }
  fs.rmSync(folder, { recursive: true });
  console.log(failed.length === 0 ? `All ${count} cases passed.` : `Failed: ${failed.join(', ')}`);
  process.exit(failed.length === 0 ? 0 : 1); // The SDK keeps its connections open.
}

main(process.argv[2]);
