// The tests run the very JavaScript that ships: `npm run build` compiles product and tests into dist/.
// The tiers, and what tells them apart, are in test/suite/tiers.ts.
import { tiers } from './dist/test/suite/tiers.js'

// A cloud's provider starts for each thing that the real OpenTofu does, and a quarter of that is Go collecting garbage.
process.env.GOGC ??= '400'

export default {
  projects: Object.entries(tiers).map(([displayName, { files, except = [] }]) => ({
    displayName,
    testMatch: files.map((pattern) => `<rootDir>/dist/test/${pattern}`),
    testPathIgnorePatterns: [...except],
    testEnvironment: '<rootDir>/dist/test/suite/cost-environment.js',
    transform: {},
  })),
}
