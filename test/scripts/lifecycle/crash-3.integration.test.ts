import { tryShare } from './crash-tests.js'

tryShare(3)
