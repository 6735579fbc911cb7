import { goServers } from '../services/buckets.js'
import { describeBucketsOn } from '../support/backend/bucket-tests.js'

describeBucketsOn(goServers)
