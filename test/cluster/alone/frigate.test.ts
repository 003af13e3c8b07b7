/** The contract of reaching Frigate, with simulated Frigates in containers of a real cluster. Alone, because it asks for answers within a second. */
import {describeFrigate} from '../../contract/frigate-contract.js';
import {realFrigates} from '../real-frigates.js';

describeFrigate(realFrigates(`frigate-health-ways-${process.pid}`));
