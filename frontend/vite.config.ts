import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// Django serves dist/ under STATIC_URL + 'front/' and reads the manifest through django-vite.
export default defineConfig({
  base: '/static/front/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    manifest: 'manifest.json',
    assetsInlineLimit: 0, // the content security policy allows data: for images only
    rolldownOptions: { input: ['src/pages/main.ts', 'src/workbench/main.tsx'] },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
})
