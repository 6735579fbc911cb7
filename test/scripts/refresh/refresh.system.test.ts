import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { Answer } from '../../../scripts/refresh/question.js'
import { TestAws } from '../../services/aws.js'
import { ImageServer, sha256 } from '../../support/local-vm/image-server.js'
import { sourcePath, temporaryFolder } from '../../support/cli/support.js'
import { answersOf, runRefresh, type Run } from '../../support/refresh/program.js'

const DISK = '/Arch-Linux-x86_64-cloudimg.qcow2'
const disk = Buffer.from('a disk')
const vendor = new ImageServer()
let aws: TestAws
let catalog: string

beforeAll(async () => {
  aws = await TestAws.start()
  await vendor.start()
  catalog = temporaryFolder()
  await mkdir(catalog, { recursive: true })
  await putArch((text) => text)
})
afterEach(async () => {
  aws.obey()
  await putArch((text) => text)
})
afterAll(async () => {
  await vendor.stop()
  await aws.stop()
})

/** Arch, whose disk is at our vendor; and that disk. */
async function putArch(change: (text: string) => string): Promise<void> {
  vendor.files.set(DISK, disk)
  vendor.files.set(`${DISK}.SHA256`, Buffer.from(`${sha256(disk)}  Arch.qcow2\n`))
  const shipped = await readFile(sourcePath('distro-catalog/distros/arch.yaml'), 'utf8')
  const ours = shipped.replaceAll('https://geo.mirror.pkgbuild.com/images/latest', vendor.url(''))
  await writeFile(join(catalog, 'arch.yaml'), change(ours))
}

const run = (env: Readonly<Record<string, string>>, ...words: string[]): Promise<Run> =>
  runRefresh(catalog, env, ['arch', '--catalog', catalog, ...words])
const outcomes = (ran: Run): Record<string, Answer> => answersOf(ran, ({ provider }) => provider)

test('what providers answer is told, and of the others why they were not asked', async () => {
  const json = await run(aws.env, '-o', 'json')
  expect(json.code).toBe(0)
  expect(outcomes(json)).toEqual({
    aws: { outcome: 'found', newest: 'arch-linux-std-hvm-0.x86_64-ebs', date: expect.any(String) },
    azure: { outcome: 'not-asked', reason: expect.stringContaining('azure') },
    google: { outcome: 'not-asked', reason: expect.stringContaining('no credentials for google: ') },
    local: { outcome: 'found', newest: `sha256:${sha256(disk)}`, date: null },
  })
  const text = await run({})
  expect([text.code, text.stdout]).toEqual([0, expect.stringContaining('not asked: no credentials for aws')])
})

test('a selector that finds nothing makes it fail', async () => {
  await putArch((text) => text.replace('arch-linux-std-hvm-', 'arch-of-yesterday-'))
  const gone = await run(aws.env, '-o', 'json')
  expect([gone.code, outcomes(gone)['aws']]).toEqual([
    1,
    { outcome: 'nothing', reason: expect.stringContaining('arch-of-yesterday-*') },
  ])
})

test('a disk that is gone, or that its checksum file does not know, is nothing', async () => {
  vendor.files.delete(DISK)
  const gone = await run({})
  expect([gone.code, gone.stdout]).toEqual([1, expect.stringContaining('The server answered 404')])
  await putArch((text) => text)
  vendor.files.set(`${DISK}.SHA256`, Buffer.from('moved\n'))
  const unknown = await run({})
  expect([unknown.code, unknown.stdout]).toEqual([1, expect.stringContaining('lists no checksum for')])
})

test('who can not be reached, or does not let us in, was not asked', async () => {
  await putArch((text) => text.replaceAll(vendor.url(''), 'http://127.0.0.1:1'))
  aws.refuse('GetCallerIdentity', 403, 'ExpiredToken', 'The security token is expired')
  const run2 = await run(aws.env, '-o', 'json')
  expect([run2.code, outcomes(run2)]).toEqual([
    0,
    expect.objectContaining({
      aws: { outcome: 'not-asked', reason: expect.stringContaining('expired') },
      local: { outcome: 'not-asked', reason: expect.stringContaining('127.0.0.1:1') },
    }),
  ])
})
