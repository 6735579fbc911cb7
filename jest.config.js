// The tests run the very JavaScript that ships: `npm run build` compiles product and tests into dist/.
// Three tiers, told apart by the file's name: x.test.ts (no process is started), x.integration.test.ts
// (real tofu, real servers on loopback), x.e2e.test.ts (real VMs).
const tier = (displayName, testMatch, testPathIgnorePatterns = []) => ({
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/dist/test/${pattern}`),
  testPathIgnorePatterns,
  testEnvironment: 'node',
  transform: {},
})

// A cloud's provider starts for each thing that the real OpenTofu does, and a quarter of that is Go collecting garbage.
process.env.GOGC ??= '400'

export default {
  projects: [
    tier('unit', ['**/*.test.js'], ['\\.integration\\.test\\.js$', '\\.e2e\\.test\\.js$']),
    tier('integration', ['**/*.integration.test.js']),
    tier('e2e', ['**/*.e2e.test.js']),
  ],
  reporters: ['default', '<rootDir>/dist/test/tally-reporter.js'],
}
