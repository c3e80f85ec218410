'use strict';
// The official SDK, set up to meet the emulator as it would meet COS: same hosts, TLS verified.

const COS = require('cos-nodejs-sdk-v5');

/** A client of the SDK for an emulator. `folder` is for the uploads it remembers. */
function clientOf(peer, folder) {
  const cos = new COS({
    SecretId: peer.secretId,
    SecretKey: peer.secretKey,
    SecurityToken: peer.sessionToken || '',
    Protocol: 'https:',
    Ip: peer.endpoint, // Connects there; URL and Host stay those of the service.
    ConfCwd: folder,
    Timeout: 20000,
  });
  cos.on('before-send', (options) => {
    options.ca = peer.ca;
  });
  return cos;
}

const customerKeys = {
  'customer-1': {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: 'MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE=',
    SSECustomerKeyMD5: '5inxltxhJQnqmmHfVSQjoA==',
  },
  'customer-2': {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: 'MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDI=',
    SSECustomerKeyMD5: 'cmVNzVCGc+mRzAj53m25lw==',
  },
};

const secondKmsKey = '7f0a2c5e-26c5-11ea-855c-52540085abcd';

/** What a write of the SDK takes for each encryption mode; peer.cpp has the same modes. */
const onWrite = {
  none: {},
  cos: { ServerSideEncryption: 'AES256' },
  kms: { ServerSideEncryption: 'cos/kms' },
  'kms-named': {
    ServerSideEncryption: 'cos/kms',
    SSEKMSKeyId: secondKmsKey,
    SSEContext: Buffer.from('{"test":"test"}').toString('base64'),
  },
  ...customerKeys,
};

/** What a read, or a part, takes. */
const onRead = { none: {}, cos: {}, kms: {}, 'kms-named': {}, ...customerKeys };

/** For the source of a copy the SDK has no options: raw headers. */
function ofSource(mode) {
  const key = customerKeys[mode];
  if (!key) return {};
  const prefix = 'x-cos-copy-source-server-side-encryption-customer-';
  return {
    [`${prefix}algorithm`]: key.SSECustomerAlgorithm,
    [`${prefix}key`]: key.SSECustomerKey,
    [`${prefix}key-MD5`]: key.SSECustomerKeyMD5,
  };
}

module.exports = { clientOf, onWrite, onRead, ofSource, customerKeys, secondKmsKey };
