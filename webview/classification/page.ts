import { showPage } from '../showPage';
import './classification.css';
import { classificationPage } from './classificationPage';

showPage('classification', classificationPage);
