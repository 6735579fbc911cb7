import { expect, test } from '@jest/globals'
import { FrameReader, isForMany, sourceOf, targetOf } from '../../../local-vm/network/frames.js'
import { pcapHeader, pcapRecord } from '../../../local-vm/network/pcap.js'
import { frameOf, payloadOf } from '../../support/local-vm/card.js'

const frames = ['one', '', 'three'.repeat(300)].map((text) =>
  frameOf('52:54:00:00:00:02', '52:54:00:00:00:01', text),
)

test.each([1, 3, 7, 1000, 100_000])('frames are found in chunks of %d bytes', (size) => {
  const bytes = Buffer.concat(frames)
  const reader = new FrameReader()
  const found: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) found.push(...reader.read(bytes.subarray(at, at + size)))
  expect(found.map(payloadOf)).toEqual(frames.map(payloadOf))
})

test('a length that no card sends is refused, and a frame without addresses is left out', () => {
  expect(() => new FrameReader().read(Buffer.from([0x7f, 0, 0, 0]))).toThrow(RangeError)
  expect(new FrameReader().read(Buffer.from([0, 0, 0, 3, 1, 2, 3]))).toEqual([])
})

test('the addresses of a frame are numbers', () => {
  const [frame = Buffer.alloc(0)] = frames
  expect([targetOf(frame), sourceOf(frame)]).toEqual([0x525400000002, 0x525400000001])
  expect([0xffffffffffff, 0x333300000001, 0x525400000001].map(isForMany)).toEqual([true, true, false])
})

test('a capture starts as pcap-savefile(5) says, and has each frame with its time and length', () => {
  expect(pcapHeader().toString('hex')).toBe('d4c3b2a1020004000000000000000000000004000100' + '0000')
  const [frame = Buffer.alloc(0)] = frames
  const record = pcapRecord(frame, 1_700_000_000_250.5)
  const fields = [0, 4, 8, 12].map((at) => record.readUInt32LE(at))
  expect(fields).toEqual([1_700_000_000, 250_500, 17, 17])
  expect(record.subarray(16)).toEqual(frame.subarray(4))
})
