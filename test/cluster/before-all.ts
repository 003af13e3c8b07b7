/** Once before all suites, whichever processes they run in: both images are on the node. */
import {loadImages} from './images.js';

export const mochaGlobalSetup = loadImages;
