import { describe, expect, test } from '@jest/globals'
import { askedOutput, ownWords } from '../../scripts/asked-output.js'

const asked = (line: string): string | undefined => askedOutput(line.split(' '))

describe('the output that a command line asks for', () => {
  test.each([
    ['list -o json', 'json'],
    ['list --output json', 'json'],
    ['list --output=json', 'json'],
    ['list -ojson', 'json'],
    ['list -o=json', 'json'],
    ['list -vvo json', 'json'],
    ['list -o json -o text', 'text'],
    ['list -o', ''],
    ['list', undefined],
  ])('%s: %s', (line, output) => expect(asked(line)).toBe(output))

  test.each([
    'exec lab -- jq json',
    'exec lab -- kubectl get pods -o json',
    'up json',
    'status json --name json',
  ])('is none of its other words: %s', (line) => expect(asked(line)).toBeUndefined())

  test('what follows the first -- is not ours', () => {
    expect(ownWords(['exec', 'lab', '--', 'sh', '--', '-c'])).toEqual(['exec', 'lab'])
    expect(ownWords(['list'])).toEqual(['list'])
  })
})
