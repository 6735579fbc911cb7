import { expect, test } from '@jest/globals'
import { forwardWords, parsePorts } from '../../../../scripts/lifecycle/forward/ports.js'
import { LabError } from '../../../../scripts/errors.js'

test('ports are listened on at 127.0.0.1 only', () => {
  const ports = parsePorts(['8080', '9000:80'])
  expect(ports).toEqual([
    { here: 8080, there: 8080 },
    { here: 9000, there: 80 },
  ])
  expect(forwardWords(ports)).toEqual([
    ...['-L', '127.0.0.1:8080:127.0.0.1:8080'],
    ...['-L', '127.0.0.1:9000:127.0.0.1:80'],
  ])
})

test.each([[[]], [['0']], [['65536']], [['80:']], [['0.0.0.0:80:80']], [['-R80']], [['80', '80:81']]])(
  '%j is refused',
  (given) => {
    expect(() => parsePorts(given)).toThrow(LabError)
  },
)
