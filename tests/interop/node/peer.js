'use strict';
// The program of peer.cpp: an emulator, and a client of ours that does what it is told.

const { spawn } = require('node:child_process');
const readline = require('node:readline');

const encode = (word) => encodeURIComponent(String(word));

class Peer {
  /** Starts it; with a session token, requests have to carry that. */
  static async start(program, sessionToken) {
    const peer = new Peer(spawn(program, sessionToken ? [sessionToken] : [], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }));
    const ready = await peer.nextLine();
    [peer.endpoint, peer.bucket, peer.region, peer.secretId, peer.secretKey, peer.ca] = ready;
    peer.sessionToken = sessionToken;
    return peer;
  }

  constructor(child) {
    this.child = child;
    this.waiting = [];
    const lines = readline.createInterface({ input: child.stdout });
    lines.on('line', (line) => this.waiting.shift().resolve(line));
    this.ended = new Promise((resolve) => {
      child.on('exit', (code, signal) => {
        for (const each of this.waiting) each.reject(new Error('the peer has ended'));
        this.waiting = [];
        resolve(signal || code);
      });
    });
  }

  async nextLine() {
    const line = await new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
    const [what, ...results] = line.split(' ').map(decodeURIComponent);
    if (what === 'failed') throw new Error(`our side: ${results[0]}`);
    return results;
  }

  /** Has a line done; yields what it results in. Throws what our side says when it fails. */
  ask(...words) {
    const answer = this.nextLine();
    this.child.stdin.write(`${words.map(encode).join(' ')}\n`);
    return answer;
  }

  /** What the emulator was asked since the last time, upload ids made alike. */
  async requests() {
    const all = await this.ask('requests');
    return all.map((each) => each.replace(/uploadId=[0-9a-f]{74}/, 'uploadId=UID'));
  }

  /** Ends it, which has to be in order. */
  async stop() {
    this.child.stdin.end();
    const code = await this.ended;
    if (code !== 0) throw new Error(`the peer ended with ${code}`);
  }
}

/** The contents of every object, as peer.cpp makes them. */
function pattern(size) {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i += 1) bytes[i] = (i * 31 + Math.floor(i / 253)) & 0xff;
  return bytes;
}

module.exports = { Peer, pattern };
