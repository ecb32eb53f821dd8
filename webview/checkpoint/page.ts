import { showPage } from '../showPage';
import './checkpoint.css';
import { checkpointPage } from './checkpointPage';

showPage('checkpoint', checkpointPage);
