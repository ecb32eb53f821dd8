import 'uplot/dist/uPlot.min.css';
import { showPage } from '../showPage';
import { lfwPage } from './lfwPage';

showPage('lfw', lfwPage);
