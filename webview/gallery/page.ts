import { showPage } from '../showPage';
import './gallery.css';
import { galleryPage } from './galleryPage';

showPage('gallery', galleryPage);
