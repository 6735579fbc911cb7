import { DriverError, type DriverFault } from '../errors.js'
import { DownloadError, type DownloadFault } from '../download/download-error.js'

/** Downloads for an image: what goes wrong has the driver's codes. */
export async function forImage<T>(downloading: Promise<T>): Promise<T> {
  try {
    return await downloading
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error
    throw new DriverError(imageFaultOf(error.fault), { cause: error.cause })
  }
}

function imageFaultOf(fault: DownloadFault): DriverFault {
  switch (fault.code) {
    case 'unreachable':
      return { ...fault, code: 'image-unreachable' }
    case 'refused':
      return { ...fault, code: 'image-refused' }
    case 'truncated':
      return { ...fault, code: 'download-truncated' }
    case 'checksum-mismatch':
    case 'disk-full':
    case 'place-unwritable':
      return fault
  }
}
