import { showPage } from '../showPage';
import './identification.css';
import { identificationPage } from './identificationPage';

showPage('identification', identificationPage);
