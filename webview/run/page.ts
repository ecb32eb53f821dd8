import 'uplot/dist/uPlot.min.css';
import { showPage } from '../showPage';
import { runPage } from './runPage';

showPage('run', runPage);
