'use strict';
// What the SDK has written our client reads, and the other way round: in every encryption mode, as
// single requests, in parts and by copies, with keys of all kinds, and through URLs.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const https = require('node:https');
const path = require('node:path');
const { pattern } = require('./peer');
const { onWrite, onRead, ofSource, secondKmsKey } = require('./sdk');

const mebibyte = 1024 * 1024;
const modes = Object.keys(onWrite);
const sseHeader = 'x-cos-server-side-encryption';

/** How our side describes each mode. */
const described = {
  none: /^none$/,
  cos: /^SSE-COS AES256$/,
  kms: /^SSE-KMS cos\/kms \(key id [-0-9a-f]{36}\)$/,
  'kms-named': new RegExp(`^SSE-KMS cos/kms \\(key id ${secondKmsKey}\\)$`),
  'customer-1': /^SSE-C AES256 \(key MD5 5inxltxhJQnqmmHfVSQjoA==\)$/,
  'customer-2': /^SSE-C AES256 \(key MD5 cmVNzVCGc\+mRzAj53m25lw==\)$/,
};

/** The headers of encryption in a reply to the SDK. */
function stated(headers) {
  if (headers[`${sseHeader}-customer-algorithm`])
    return `SSE-C AES256 (key MD5 ${headers[`${sseHeader}-customer-key-md5`]})`;
  if (headers[sseHeader] === 'cos/kms')
    return `SSE-KMS cos/kms (key id ${headers[`${sseHeader}-cos-kms-key-id`]})`;
  return headers[sseHeader] ? `SSE-COS ${headers[sseHeader]}` : 'none';
}

/** Reads an object of ours with the SDK. */
async function sdkReads(t, mode, Key, size) {
  const seen = await t.sdk('headObject', { Key, ...onRead[mode] });
  assert.equal(seen.headers['content-length'], String(size));
  assert.match(stated(seen.headers), described[mode]);
  const got = await t.sdk('getObject', { Key, ...onRead[mode] });
  assert.deepEqual(got.Body || Buffer.alloc(0), pattern(size));
  assert.match(stated(got.headers), described[mode]);
  const range = await t.sdk('getObject', { Key, Range: 'bytes=0-8', ...onRead[mode] }).catch(
    (problem) => problem
  );
  assert.equal(range.statusCode, size === 0 ? 416 : 206);
  if (size !== 0) assert.deepEqual(range.Body, pattern(size).subarray(0, 9));
  for (const each of ['head object', 'get object', 'get object, range']) t.shows(each, mode);
}

/** Reads an object of the SDK's with our client. */
async function weRead(t, mode, key, size) {
  const [length, encryption] = await t.peer.ask('head', mode, key);
  assert.equal(length, String(size));
  assert.match(encryption, described[mode]);
  assert.match((await t.peer.ask('get', mode, key, size))[0], described[mode]);
}

async function isStoredAs(t, mode, key) {
  const [kind, at, context] = await t.peer.ask('at-rest', key);
  assert.equal(at, mode === 'none' ? 'clear' : 'sealed');
  assert.ok(described[mode].source.includes(kind), kind);
  assert.equal(context, mode === 'kms-named' ? '{"test":"test"}' : '');
}

async function sdkUploads(t, mode, Key, size) {
  const { UploadId } = await t.sdk('multipartInit', { Key, ...onWrite[mode] });
  const Parts = [];
  for (let at = 0; at < size; at += mebibyte) {
    const { ETag } = await t.sdk('multipartUpload', {
      Key, UploadId, PartNumber: Parts.length + 1,
      Body: pattern(size).subarray(at, at + mebibyte), ...onRead[mode],
    });
    Parts.push({ PartNumber: Parts.length + 1, ETag });
  }
  const done = await t.sdk('multipartComplete', { Key, UploadId, Parts });
  assert.match(stated(done.headers), described[mode]);
}

/** An object of one part, which is a copy. */
async function sdkCopiesAPart(t, mode, source, to, Key) {
  const { UploadId } = await t.sdk('multipartInit', { Key, ...onWrite[to] });
  const { ETag } = await t.sdk('uploadPartCopy', {
    Key, UploadId, PartNumber: 1, CopySource: t.source(source), Headers: ofSource(mode),
    ...onRead[to],
  });
  await t.sdk('multipartComplete', { Key, UploadId, Parts: [{ PartNumber: 1, ETag }] });
}

/** Fetches a URL of the service from the emulator. */
function fetched(t, url) {
  const { host, pathname, search } = new URL(url);
  const [address, port] = t.peer.endpoint.split(':');
  return new Promise((resolve, reject) => {
    const request = https.get({
      host: address, port, servername: host, ca: t.peer.ca, headers: { Host: host },
      path: pathname + search,
    }, (reply) => {
      const pieces = [];
      reply.on('data', (piece) => pieces.push(piece));
      reply.on('end', () => resolve({ status: reply.statusCode, body: Buffer.concat(pieces) }));
    });
    request.on('error', reject);
  });
}

const cases = [];

for (const mode of modes) {
  cases.push({
    name: `${mode}: the SDK writes, we read`,
    async run(t) {
      for (const size of [0, 1, 5, 100000]) {
        const Key = `sdk/${mode}/${size}`;
        const put = await t.sdk('putObject', { Key, Body: pattern(size), ...onWrite[mode] });
        assert.match(stated(put.headers), described[mode]);
        await weRead(t, mode, Key, size);
      }
      await isStoredAs(t, mode, `sdk/${mode}/100000`);
      t.shows('put object', mode);
    },
  }, {
    name: `${mode}: we write, the SDK reads`,
    async run(t) {
      for (const size of [0, 1, 5, 100000]) {
        const key = `ours/${mode}/${size}`;
        await t.peer.ask('put', mode, key, size);
        await sdkReads(t, mode, key, size);
      }
      await isStoredAs(t, mode, `ours/${mode}/100000`);
    },
  }, {
    name: `${mode}: in parts, both ways`,
    async run(t) {
      const size = 2 * mebibyte + 17;
      await sdkUploads(t, mode, `sdk/${mode}/parts`, size);
      await weRead(t, mode, `sdk/${mode}/parts`, size);
      await t.peer.ask('upload', mode, `ours/${mode}/parts`, size);
      await sdkReads(t, mode, `ours/${mode}/parts`, size);
      const file = path.join(t.folder, `${mode}-parts`);
      await t.sdk('downloadFile', {
        Key: `ours/${mode}/parts`, FilePath: file, ChunkSize: mebibyte, ...onRead[mode],
      });
      assert.deepEqual(fs.readFileSync(file), pattern(size));
      for (const each of ['multipart upload', 'download file']) t.shows(each, mode);
      if (mode.startsWith('customer')) return; // The SDK sends parts without the key.
      await t.sdk('uploadFile', {
        Key: `sdk/${mode}/file`, FilePath: file, SliceSize: mebibyte, ...onWrite[mode],
      });
      await weRead(t, mode, `sdk/${mode}/file`, size);
      t.shows('upload file', mode);
    },
  }, {
    name: `${mode}: copied into every mode, both ways`,
    async run(t) {
      await t.peer.ask('put', mode, `ours/${mode}/source`, 1000);
      await t.sdk('putObject', {
        Key: `sdk/${mode}/source`, Body: pattern(1000), ...onWrite[mode],
      });
      for (const to of modes) {
        const copied = await t.sdk('putObjectCopy', {
          Key: `sdk/${mode}/to-${to}`, CopySource: t.source(`ours/${mode}/source`),
          Headers: ofSource(mode), ...onWrite[to],
        });
        assert.match(stated(copied.headers), described[to]);
        await weRead(t, to, `sdk/${mode}/to-${to}`, 1000);
        await t.peer.ask('copy', mode, `sdk/${mode}/source`, to, `ours/${mode}/to-${to}`);
        await sdkReads(t, to, `ours/${mode}/to-${to}`, 1000);
        await isStoredAs(t, to, `ours/${mode}/to-${to}`);
        await sdkCopiesAPart(t, mode, `ours/${mode}/source`, to, `sdk/${mode}/parts-to-${to}`);
        await weRead(t, to, `sdk/${mode}/parts-to-${to}`, 1000);
        for (const each of ['copy object into', 'part copy into']) t.shows(each, to);
      }
      for (const each of ['copy object from', 'part copy from']) t.shows(each, mode);
    },
  });
}

cases.push({
  name: 'keys of all kinds, both ways',
  async run(t) {
    const keys = ['\u76ee\u5f55/\u817e\u8baf \u4e91+a.txt', "b c+d~e(1)!*'@:;,=&$?#%.txt", 'a//b/',
      '%41%2F', 'a\\b^c`d|e<f>g"h{i}[j]', '\ud83d\udd11', 'dir/', '.hidden/..x'];
    for (const key of keys) {
      await t.sdk('putObject', { Key: `sdk/${key}`, Body: pattern(9) });
      await weRead(t, 'none', `sdk/${key}`, 9);
      await t.peer.ask('put', 'customer-1', `ours/${key}`, 9);
      await sdkReads(t, 'customer-1', `ours/${key}`, 9);
    }
    const { Contents } = await t.sdk('getBucket', { Prefix: 'sdk/' });
    const names = Contents.map((each) => each.Key);
    for (const key of keys) assert.ok(names.includes(`sdk/${key}`), key);
    t.shows('list objects');
  },
}, {
  name: 'URLs of either side',
  async run(t) {
    await t.peer.ask('put', 'cos', 'url/a b+\u4e2d', 9);
    const at = { Bucket: t.peer.bucket, Region: t.peer.region, Key: 'url/a b+\u4e2d' };
    const urls = [
      t.cos.getObjectUrl(at), // The semicolons of the signature as they are.
      (await t.sdk('getObjectUrl', at)).Url,
      (await t.peer.ask('presign', 'url/a b+\u4e2d'))[0],
    ];
    for (const url of urls) {
      const { status, body } = await fetched(t, url);
      assert.equal(status, 200, body.toString());
      assert.deepEqual(body, pattern(9));
      const other = await fetched(t, url.replace('/url/', '/other/'));
      assert.equal(other.status, 403);
    }
    t.shows('pre-signed URL');
  },
});

module.exports = cases;
