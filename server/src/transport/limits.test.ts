import { describe, expect, it } from 'vitest';
import { addressKey, clientAddress } from './limits.ts';
import { isOwnOrigin } from './origin.ts';

describe('[O6] whom a limit counts', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('%s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  it('is who the outermost trusted proxy has seen, and nobody’s own word', () => {
    const forwarded = '6.6.6.6, 203.0.113.7, 10.0.0.2';
    expect(clientAddress('10.0.0.1', forwarded, 0)).toBe('10.0.0.1');
    expect(clientAddress('10.0.0.1', forwarded, 1)).toBe('10.0.0.2');
    expect(clientAddress('10.0.0.1', forwarded, 2)).toBe('203.0.113.7');
    expect(clientAddress('10.0.0.1', undefined, 2)).toBe('10.0.0.1');
  });
});

describe('[RL-04] whose page it is', () => {
  const hosts = ['10.0.0.5:4000', 'warten.example.ch'];
  it.each([
    [undefined, true],
    ['https://warten.example.ch', true],
    ['http://10.0.0.5:4000', true],
    ['https://evil.example', false],
    ['https://warten.example.ch.evil.example', false],
    ['null', false],
    ['', false],
    ['file://', false],
  ])('%s', (origin, own) => {
    expect(isOwnOrigin(origin, hosts)).toBe(own);
  });
});
