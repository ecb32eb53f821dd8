import { showPage } from '../showPage';
import './alignment.css';
import { alignmentPage } from './alignmentPage';

showPage('alignment', alignmentPage);
