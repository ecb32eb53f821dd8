import { showPage } from '../showPage';
import './compare.css';
import { comparePage } from './comparePage';

showPage('compare', comparePage);
