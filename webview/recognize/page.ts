import { showPage } from '../showPage';
import './recognize.css';
import { recognizePage } from './recognizePage';

showPage('recognize', recognizePage);
