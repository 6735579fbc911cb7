import { pipServers } from '../services/buckets.js'
import { describeBucketsOn } from './bucket-tests.js'

describeBucketsOn(pipServers)
