'use strict';
// What the SDK does, one case for each way it is known to ask: with which requests, and that it
// succeeds or fails as it must. `covers` numbers the known requests of SDK 3.0.0, in the order in
// which one capture of all its operations has them; together the cases cover all 56.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { pattern } = require('./peer');
const { onWrite, onRead, ofSource, customerKeys, secondKmsKey } = require('./sdk');

const mebibyte = 1024 * 1024;
const large = 2 * mebibyte + 100;
const sseHeader = 'x-cos-server-side-encryption';
const customer = customerKeys['customer-1'];
const otherCustomer = customerKeys['customer-2'];

/** Runs `work`, which must fail with this status and code. */
async function fails(work, status, code) {
  const problem = await work.then(
    () => assert.fail('it succeeded'),
    (caught) => caught
  );
  assert.equal(problem.statusCode, status, problem.message);
  assert.equal(problem.code, code);
}

function isSealedForCustomer(reply, key = customer) {
  assert.equal(reply.headers[`${sseHeader}-customer-algorithm`], 'AES256');
  assert.equal(reply.headers[`${sseHeader}-customer-key-md5`], key.SSECustomerKeyMD5);
}

/** A file of so many bytes of the pattern. */
function fileOf(t, size) {
  const name = path.join(t.folder, `pattern-${size}`);
  fs.writeFileSync(name, pattern(size));
  return name;
}

/** How an upload of `large` in slices, or a copy in parts, is asked for. */
function partsOf(key, status = 200, times = 1) {
  const out = [];
  for (let time = 0; time < times; time += 1)
    for (const number of [1, 2, 3])
      out.push(`PUT /${key}?partNumber=${number}&uploadId=UID ${status}`);
  return out;
}

const cases = [
  {
    name: 'putObject SSE-COS',
    covers: [1],
    async run(t) {
      const put = await t.sdk('putObject', { Key: 'sse-cos', Body: pattern(3), ...onWrite.cos });
      assert.equal(put.statusCode, 200);
      assert.equal(put.headers[sseHeader], 'AES256');
      assert.match(put.ETag, /^"[0-9a-f]{32}"$/);
      await t.asked('PUT /sse-cos 200');
    },
  },
  {
    name: 'getObject SSE-COS',
    covers: [2],
    async run(t) {
      await t.peer.ask('put', 'cos', 'sse-cos-2', 3);
      await t.asked('PUT /sse-cos-2 200');
      const got = await t.sdk('getObject', { Key: 'sse-cos-2' });
      assert.deepEqual(got.Body, pattern(3));
      assert.equal(got.headers[sseHeader], 'AES256');
      await t.asked('GET /sse-cos-2 200');
    },
  },
  {
    name: 'putObject SSE-KMS with key and context',
    covers: [3],
    async run(t) {
      const put = await t.sdk('putObject', {
        Key: 'sse-kms', Body: pattern(3), ...onWrite['kms-named'],
      });
      assert.equal(put.headers[sseHeader], 'cos/kms');
      assert.equal(put.headers[`${sseHeader}-cos-kms-key-id`], secondKmsKey);
      assert.equal(put.headers[`${sseHeader}-context`], undefined);
      await t.asked('PUT /sse-kms 200');
      await fails(t.sdk('putObject', {
        Key: 'sse-kms', Body: pattern(3), ServerSideEncryption: 'cos/kms', SSEKMSKeyId: 'kms-key-id',
      }), 400, 'KmsKeyNotExist');
      await t.asked('PUT /sse-kms 400');
    },
  },
  {
    name: 'uploadFile SSE-KMS, small',
    covers: [4],
    async run(t) {
      const put = await t.sdk('uploadFile', {
        Key: 'sse-kms-file', FilePath: fileOf(t, 5), ...onWrite.kms,
      });
      assert.equal(put.headers[sseHeader], 'cos/kms');
      await t.asked('PUT /sse-kms-file 200');
      await t.peer.ask('get', 'kms', 'sse-kms-file', 5);
    },
  },
  {
    name: 'uploadFile SSE-KMS in slices: the mode is repeated with every part',
    covers: [5, 6, 7, 8, 9, 10],
    async run(t) {
      const done = await t.sdk('uploadFile', {
        Key: 'sse-kms-slices', FilePath: fileOf(t, large), SliceSize: mebibyte, ...onWrite.kms,
      });
      assert.match(done.ETag, /^"[0-9a-f]{32}-3"$/);
      await t.asked('GET /?uploads=&prefix=sse-kms-slices 200', 'POST /sse-kms-slices?uploads= 200',
        ...partsOf('sse-kms-slices'), 'POST /sse-kms-slices?uploadId=UID 200');
      await t.peer.ask('get', 'kms', 'sse-kms-slices', large);
    },
  },
  {
    name: 'downloadFile SSE-KMS in chunks',
    covers: [11, 12, 13, 14],
    async run(t) {
      await t.peer.ask('upload', 'kms', 'sse-kms-chunks', large);
      await t.peer.requests();
      const file = path.join(t.folder, 'sse-kms-chunks');
      await t.sdk('downloadFile', { Key: 'sse-kms-chunks', FilePath: file, ChunkSize: mebibyte });
      assert.deepEqual(fs.readFileSync(file), pattern(large));
      await t.asked('HEAD /sse-kms-chunks 200', ...Array(3).fill('GET /sse-kms-chunks 206'));
    },
  },
  {
    name: 'putObject, getObject, headObject SSE-C',
    covers: [15, 16, 17],
    async run(t) {
      const at = { Key: 'sse-c' };
      isSealedForCustomer(await t.sdk('putObject', { ...at, Body: pattern(5), ...customer }));
      const got = await t.sdk('getObject', { ...at, ...customer });
      assert.deepEqual(got.Body, pattern(5));
      isSealedForCustomer(got);
      const seen = await t.sdk('headObject', { ...at, ...customer });
      assert.equal(seen.headers['content-length'], '5');
      isSealedForCustomer(seen);
      await t.asked('PUT /sse-c 200', 'GET /sse-c 200', 'HEAD /sse-c 200');

      await fails(t.sdk('getObject', at), 400, 'SsecDecryptHeaderInvalid');
      await fails(t.sdk('getObject', { ...at, ...otherCustomer }), 400, 'SsecDecryptHeaderInvalid');
      await fails(t.sdk('headObject', at), 400, '400'); // No body to have a code in.
      await fails(t.sdk('putObject', {
        ...at, Body: pattern(5), ...customer, SSECustomerKeyMD5: otherCustomer.SSECustomerKeyMD5,
      }), 400, 'InvalidArgument');
      await t.asked('GET /sse-c 400', 'GET /sse-c 400', 'HEAD /sse-c 400', 'PUT /sse-c 400');
      for (const key of ['no key', 'other key'])
        t.shows(`get object, ${key}`, 'customer-1', 'refused: SsecDecryptHeaderInvalid');
      t.shows('head object, no key', 'customer-1', 'refused: HTTP 400');
    },
  },
  {
    name: 'sliceUploadFile SSE-C fails: the SDK sends parts without the key',
    covers: [18, 19, 20, 21, 22, 23],
    alone: true, // Requests may be on their way when it has failed.
    async run(t) {
      await fails(t.sdk('sliceUploadFile', {
        Key: 'sse-c-slices', FilePath: fileOf(t, large), ...customer,
      }), 400, 'InvalidRequest');
      const requests = await t.peer.requests();
      assert.deepEqual(requests.slice(0, 2), ['GET /?uploads=&prefix=sse-c-slices 200',
        'POST /sse-c-slices?uploads= 200']);
      // Each part is tried three times, until the first one has failed for good.
      const parts = requests.slice(2);
      assert.ok(parts.length >= 3 && parts.length <= 9, parts.join());
      for (const part of parts) assert.ok(partsOf('sse-c-slices', 400).includes(part), part);
      await fails(t.sdk('headObject', { Key: 'sse-c-slices', ...customer }), 404, '404');
      // What is left completes no better without the parts.
      const { Upload } = await t.sdk('multipartList', { Prefix: 'sse-c-slices' });
      await fails(t.sdk('multipartComplete', {
        Key: 'sse-c-slices', UploadId: Upload[0].UploadId,
        Parts: [{ PartNumber: 1, ETag: 'a' }],
      }), 400, 'InvalidPart');
      await t.sdk('abortUploadTask', { Key: 'sse-c-slices', Level: 'file' });
      assert.deepEqual((await t.sdk('multipartList', { Prefix: 'sse-c-slices' })).Upload, []);
      t.shows('upload file', 'customer-1', 'refused: InvalidRequest'); // Each part.
    },
  },
  {
    name: 'downloadFile SSE-C in chunks',
    covers: [24, 25, 26, 27],
    async run(t) {
      await t.peer.ask('upload', 'customer-1', 'sse-c-chunks', large);
      await t.peer.requests();
      const file = path.join(t.folder, 'sse-c-chunks');
      await t.sdk('downloadFile', {
        Key: 'sse-c-chunks', FilePath: file, ChunkSize: mebibyte, ...customer,
      });
      assert.deepEqual(fs.readFileSync(file), pattern(large));
      await t.asked('HEAD /sse-c-chunks 200', ...Array(3).fill('GET /sse-c-chunks 206'));
    },
  },
  {
    name: 'putObjectCopy SSE-C to SSE-C, the key of the source as raw headers',
    covers: [28],
    async run(t) {
      await t.peer.ask('put', 'customer-1', 'sse-c-source', 5);
      await t.peer.requests();
      const copied = await t.sdk('putObjectCopy', {
        Key: 'sse-c-copy', CopySource: t.source('sse-c-source'),
        Headers: ofSource('customer-1'), ...otherCustomer,
      });
      assert.match(copied.ETag, /^"[0-9a-f]{32}"$/);
      assert.match(copied.CRC64, /^[0-9]+$/);
      isSealedForCustomer(copied, otherCustomer);
      await t.asked('PUT /sse-c-copy 200');
      await t.peer.ask('get', 'customer-2', 'sse-c-copy', 5);
      await fails(t.sdk('putObjectCopy', {
        Key: 'sse-c-copy', CopySource: t.source('sse-c-source'), ...otherCustomer,
      }), 400, 'SsecDecryptHeaderInvalid');
    },
  },
  {
    name: 'sliceCopyFile SSE-C fails: the SDK asks for the source without its key',
    covers: [29, 31],
    async run(t) {
      await t.peer.ask('upload', 'customer-1', 'sse-c-slice-source', large);
      await t.peer.requests();
      for (const CopySliceSize of [10 * mebibyte, mebibyte]) {
        await fails(t.sdk('sliceCopyFile', {
          Key: 'sse-c-slice-copy', CopySource: t.source('sse-c-slice-source'), CopySliceSize,
          CopyChunkSize: mebibyte, Headers: ofSource('customer-1'), ...otherCustomer,
        }), 400, '400');
        await t.asked('HEAD /sse-c-slice-source 400');
      }
    },
  },
  {
    name: 'sliceCopyFile of a small object, to SSE-C',
    covers: [30],
    async run(t) {
      await t.peer.ask('put', 'cos', 'copied-at-once', 5);
      await t.peer.requests();
      const copied = await t.sdk('sliceCopyFile', {
        Key: 'copied-at-once-copy', CopySource: t.source('copied-at-once'), ...otherCustomer,
      });
      isSealedForCustomer(copied, otherCustomer);
      await t.asked('HEAD /copied-at-once 200', 'PUT /copied-at-once-copy 200');
      await t.peer.ask('get', 'customer-2', 'copied-at-once-copy', 5);
    },
  },
  {
    name: 'sliceCopyFile in parts: works, and loses the encryption that was asked for',
    covers: [32, 33, 34, 35, 36],
    async run(t) {
      await t.peer.ask('upload', 'cos', 'copied-in-parts', large);
      await t.peer.requests();
      await t.sdk('sliceCopyFile', {
        Key: 'copied-in-parts-copy', CopySource: t.source('copied-in-parts'),
        CopySliceSize: mebibyte, CopyChunkSize: mebibyte, ...customer,
      });
      await t.asked('HEAD /copied-in-parts 200', 'POST /copied-in-parts-copy?uploads= 200',
        ...partsOf('copied-in-parts-copy'), 'POST /copied-in-parts-copy?uploadId=UID 200');
      await t.peer.ask('get', 'none', 'copied-in-parts-copy', large);
      t.shows('copy in parts into', 'customer-1', 'lost: not encrypted');
    },
  },
  {
    name: 'restoreObject SSE-C',
    covers: [37],
    async run(t) {
      const restore = {
        Key: 'sse-c-archive', ...customer,
        RestoreRequest: { Days: 1, CASJobParameters: { Tier: 'Expedited' } },
      };
      await t.sdk('putObject', {
        Key: 'sse-c-archive', Body: pattern(5), StorageClass: 'ARCHIVE', ...customer,
      });
      await fails(t.sdk('getObject', { Key: 'sse-c-archive', ...customer }), 403,
        'InvalidObjectState');
      const file = path.join(t.folder, 'sse-c-archive');
      await assert.rejects(t.sdk('downloadFile', {
        Key: 'sse-c-archive', FilePath: file, ...customer,
      }), { code: 'CannotDownload' });
      await t.peer.requests();
      assert.equal((await t.sdk('restoreObject', restore)).statusCode, 202);
      await fails(t.sdk('restoreObject', restore), 409, 'RestoreAlreadyInProgress');
      await t.peer.ask('advance', 3600);
      assert.equal((await t.sdk('restoreObject', restore)).statusCode, 200);
      await t.asked('POST /sse-c-archive?restore= 202', 'POST /sse-c-archive?restore= 409',
        'POST /sse-c-archive?restore= 200');
      await t.sdk('downloadFile', { Key: 'sse-c-archive', FilePath: file, ...customer });
      assert.deepEqual(fs.readFileSync(file), pattern(5));
      await t.peer.ask('put', 'customer-1', 'sse-c-no-archive', 5);
      await fails(t.sdk('restoreObject', { ...restore, Key: 'sse-c-no-archive' }), 405,
        'RestoreNonArchiveObject');
      t.shows('restore object', 'customer-1');
    },
  },
  {
    name: 'multipart SSE-C: initiate, part, part copy, list, complete, abort',
    covers: [38, 39, 40, 41, 42, 43, 44],
    async run(t) {
      await t.peer.ask('put', 'customer-1', 'sse-c-part-source', 10);
      await t.peer.requests();
      const Key = 'sse-c-parts';
      const begun = await t.sdk('multipartInit', { Key, ...otherCustomer });
      isSealedForCustomer(begun, otherCustomer);
      const { UploadId } = begun;
      const one = await t.sdk('multipartUpload', {
        Key, UploadId, PartNumber: 1, Body: pattern(mebibyte), ...otherCustomer,
      });
      isSealedForCustomer(one, otherCustomer);
      const two = await t.sdk('uploadPartCopy', {
        Key, UploadId, PartNumber: 2, CopySource: t.source('sse-c-part-source'),
        CopySourceRange: 'bytes=0-9', Headers: ofSource('customer-1'), ...otherCustomer,
      });
      const listed = await t.sdk('multipartListPart', { Key, UploadId });
      assert.deepEqual(listed.Part.map(({ PartNumber, ETag, Size }) => [PartNumber, ETag, Size]),
        [['1', one.ETag, String(mebibyte)], ['2', two.ETag, '10']]);
      const uploads = await t.sdk('multipartList', { Prefix: Key });
      assert.deepEqual(uploads.Upload.map((each) => [each.Key, each.UploadId]), [[Key, UploadId]]);
      await fails(t.sdk('multipartComplete', {
        Key, UploadId, Parts: [{ PartNumber: 1, ETag: 'a' }, { PartNumber: 2, ETag: 'b' }],
      }), 400, 'InvalidPart');
      const done = await t.sdk('multipartComplete', {
        Key, UploadId,
        Parts: [{ PartNumber: 1, ETag: one.ETag }, { PartNumber: 2, ETag: two.ETag }],
      });
      assert.match(done.ETag, /^"[0-9a-f]{32}-2"$/);
      const got = await t.sdk('getObject', { Key, ...otherCustomer });
      assert.deepEqual(got.Body, Buffer.concat([pattern(mebibyte), pattern(10)]));
      await fails(t.sdk('multipartAbort', { Key, UploadId }), 404, 'NoSuchUpload');
      const other = await t.sdk('multipartInit', { Key, ...customer });
      const aborted = await t.sdk('multipartAbort', { Key, UploadId: other.UploadId });
      assert.equal(aborted.statusCode, 204);
      await t.asked(`POST /${Key}?uploads= 200`, `PUT /${Key}?partNumber=1&uploadId=UID 200`,
        `PUT /${Key}?partNumber=2&uploadId=UID 200`, `GET /${Key}?uploadId=UID 200`,
        `GET /?uploads=&prefix=${Key} 200`, `POST /${Key}?uploadId=UID 400`,
        `POST /${Key}?uploadId=UID 200`, `GET /${Key} 200`, `DELETE /${Key}?uploadId=UID 404`,
        `POST /${Key}?uploads= 200`, `DELETE /${Key}?uploadId=UID 204`);
      for (const each of ['list parts', 'list uploads', 'abort upload']) t.shows(each);
    },
  },
  {
    name: 'deleteObject, deleteMultipleObject',
    covers: [45, 46],
    async run(t) {
      for (const key of ['gone', 'gone/a&<b>', 'gone/"c"'])
        await t.peer.ask('put', 'cos', key, 1);
      await t.peer.requests();
      assert.equal((await t.sdk('deleteObject', { Key: 'gone' })).statusCode, 204);
      assert.equal((await t.sdk('deleteObject', { Key: 'gone' })).statusCode, 204);
      const quiet = await t.sdk('deleteMultipleObject', {
        Objects: [{ Key: 'gone/a&<b>' }, { Key: 'never' }], Quiet: true,
      });
      assert.deepEqual([quiet.statusCode, quiet.Deleted, quiet.Error], [200, [], []]);
      const told = await t.sdk('deleteMultipleObject', { Objects: [{ Key: 'gone/"c"' }] });
      assert.deepEqual(told.Deleted.map((each) => each.Key), ['gone/"c"']);
      await t.asked('DELETE /gone 204', 'DELETE /gone 204', 'POST /?delete= 200',
        'POST /?delete= 200');
      assert.deepEqual((await t.sdk('getBucket', { Prefix: 'gone' })).Contents, []);
      for (const each of ['delete object', 'delete objects']) t.shows(each);
    },
  },
  {
    name: 'getBucket with prefix and delimiter',
    covers: [47],
    async run(t) {
      const keys = ['a b/1', 'a b/2 +&', 'a b/c/3', 'a b/c/4', 'a b/\u4e2d/5'];
      for (const key of keys) await t.peer.ask('put', 'cos', key, 5);
      await t.peer.requests();
      const ask = { Prefix: 'a b/', Delimiter: '/' };
      const page = await t.sdk('getBucket', ask);
      assert.deepEqual(page.Contents.map((each) => [each.Key, each.Size, each.StorageClass]),
        [['a b/1', '5', 'STANDARD'], ['a b/2 +&', '5', 'STANDARD']]);
      assert.deepEqual(page.CommonPrefixes.map((each) => each.Prefix), ['a b/c/', 'a b/\u4e2d/']);
      assert.deepEqual([page.Name, page.Prefix, page.Delimiter, page.IsTruncated],
        [t.peer.bucket, 'a b/', '/', 'false']);
      await t.asked('GET /?prefix=a%20b%2F&delimiter=%2F 200');
      const first = await t.sdk('getBucket', { ...ask, MaxKeys: 1 });
      assert.deepEqual([first.Contents.length, first.IsTruncated, first.NextMarker],
        [1, 'true', 'a b/1']);
      const rest = await t.sdk('getBucket', { ...ask, Marker: first.NextMarker });
      assert.deepEqual([rest.Contents.length, rest.CommonPrefixes.length], [1, 2]);
      const encoded = await t.sdk('getBucket', { ...ask, EncodingType: 'url' });
      assert.equal(decodeURIComponent(encoded.CommonPrefixes[1].Prefix), 'a b/\u4e2d/');
    },
  },
  {
    name: 'bucket encryption: put, get (which the SDK cannot read), delete',
    covers: [48, 49, 50],
    async run(t) {
      const unset = await t.sdk('getBucketEncryption', {});
      assert.deepEqual([unset.statusCode, unset.EncryptionConfiguration.Rules], [404, []]);
      const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };
      await t.sdk('putBucketEncryption', { ServerSideEncryptionConfiguration: { Rule: [rule] } });
      const set = await t.sdk('getBucketEncryption', {});
      // It looks for another root element than the service sends.
      assert.deepEqual(set.EncryptionConfiguration.Rules, []);
      assert.deepEqual(set.ServerSideEncryptionConfiguration, { Rule: rule });
      const put = await t.sdk('putObject', { Key: 'by-default', Body: pattern(5) });
      assert.equal(put.headers[sseHeader], 'AES256');
      assert.equal((await t.sdk('deleteBucketEncryption', {})).statusCode, 204);
      await t.asked('GET /?encryption= 404', 'PUT /?encryption= 200', 'GET /?encryption= 200',
        'PUT /by-default 200', 'DELETE /?encryption= 204');
      for (const each of ['put', 'delete']) t.shows(`${each} bucket encryption`);
      t.shows('get bucket encryption', 'none', 'lost: not understood');
    },
  },
  {
    name: 'headBucket',
    covers: [51],
    async run(t) {
      const seen = await t.sdk('headBucket', {});
      assert.equal(seen.headers['x-cos-bucket-region'], t.peer.region);
      await t.asked('HEAD / 200');
      await fails(t.sdk('headBucket', { Bucket: 'absent-1250000000' }), 404, '404');
      t.shows('head bucket');
    },
  },
  {
    name: 'object tagging: put, get, delete',
    covers: [52, 53, 54],
    async run(t) {
      await t.peer.ask('put', 'customer-1', 'tagged', 5);
      await t.peer.requests();
      const at = { Key: 'tagged' };
      const tags = [{ Key: 'age', Value: '18' }, { Key: 'a+b', Value: 'c & d' }];
      await t.sdk('putObjectTagging', { ...at, Tags: tags });
      assert.deepEqual((await t.sdk('getObjectTagging', at)).Tags, tags);
      assert.equal((await t.sdk('deleteObjectTagging', at)).statusCode, 204);
      assert.deepEqual((await t.sdk('getObjectTagging', at)).Tags, []);
      await t.asked('PUT /tagged?tagging= 200', 'GET /tagged?tagging= 200',
        'DELETE /tagged?tagging= 204', 'GET /tagged?tagging= 200');
    },
  },
  {
    name: 'putObject with metadata, Content-Type and a key that needs encoding',
    covers: [55],
    async run(t) {
      const Key = '\u76ee\u5f55/a b+c~d(1).txt';
      await t.sdk('putObject', {
        Key, Body: pattern(3), ContentType: 'text/plain', CacheControl: 'no-cache',
        'x-cos-meta-uid': 'a b',
      });
      await t.asked('PUT /%E7%9B%AE%E5%BD%95/a%20b%2Bc~d%281%29.txt 200');
      const seen = await t.sdk('headObject', { Key });
      assert.deepEqual([seen.headers['content-type'], seen.headers['cache-control'],
        seen.headers['x-cos-meta-uid']], ['text/plain', 'no-cache', 'a b']);
      await t.peer.ask('get', 'none', Key, 3);
    },
  },
  {
    name: 'getObject with session token, Range, version and override',
    covers: [56],
    sessionToken: 'TOKENexample+/=',
    async run(t) {
      await t.peer.ask('versioning');
      const old = await t.sdk('putObject', { Key: 'versions', Body: pattern(3), ...onWrite.cos });
      assert.ok(old.VersionId);
      await t.sdk('putObject', { Key: 'versions', Body: pattern(9) });
      const got = await t.sdk('getObject', {
        Key: 'versions', VersionId: old.VersionId, Range: 'bytes=0-1',
        ResponseContentType: 'text/html',
      });
      assert.deepEqual(got.Body, pattern(2));
      assert.deepEqual([got.statusCode, got.headers['content-range'], got.headers['content-type'],
        got.VersionId], [206, 'bytes 0-1/3', 'text/html', old.VersionId]);
      await t.asked('PUT /versions 200', 'PUT /versions 200',
        `GET /versions?response-content-type=text%2Fhtml&versionId=${old.VersionId} 206`);
      await fails(t.sdk('getObject', { Key: 'versions', VersionId: 'MTg0' }), 404, 'NoSuchVersion');
    },
  },
];

const covered = cases.flatMap((each) => each.covers).sort((a, b) => a - b);
assert.deepEqual(covered, Array.from({ length: 56 }, (_, i) => i + 1));
assert.ok(Object.keys(onRead).every((mode) => mode in onWrite));

module.exports = cases;
