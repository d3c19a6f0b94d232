// `npm run sbom`: prints the bill of materials of what production installs.

import { billOfMaterials } from './bill.ts'

console.log(JSON.stringify(billOfMaterials(), null, 2))
