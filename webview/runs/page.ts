import { showPage } from '../showPage';
import './runs.css';
import { runsPage } from './runsPage';

showPage('runs', runsPage);
