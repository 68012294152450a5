/**
 * The product in one drawing: two tasks read before either writes, a third waits for what the second holds.
 *
 *     T1   R────────W
 *     T2      R─────────W
 *     T3        ╱╱╱╱╱╱╱╱────
 */
export const EmptyArt = () => (
  <svg className="empty-art" viewBox="0 0 520 132" aria-hidden="true">
    <defs>
      <pattern
        id="art-hatch"
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width="6" height="6" fill="var(--waiting)" opacity=".14" />
        <rect width="2" height="6" fill="var(--waiting)" />
      </pattern>
    </defs>
    {[0, 104, 208, 312, 416, 520].map(x => (
      <line key={x} x1={x} x2={x} y1="0" y2="132" stroke="var(--grid)" />
    ))}
    <rect x="236" y="8" width="118" height="116" fill="var(--overlap)" opacity=".08" />
    <g>
      <rect x="96" y="18" width="312" height="20" rx="3" fill="var(--awaiting)" />
      <rect x="96" y="18" width="58" height="20" rx="3" fill="var(--running)" />
      <rect x="330" y="18" width="78" height="20" rx="3" fill="var(--running)" />
      <rect x="148" y="52" width="286" height="20" rx="3" fill="var(--awaiting)" />
      <rect x="148" y="52" width="88" height="20" rx="3" fill="var(--running)" />
      <rect x="354" y="52" width="80" height="20" rx="3" fill="var(--running)" />
      <rect x="190" y="92" width="244" height="20" rx="3" fill="url(#art-hatch)" stroke="var(--waiting)" />
      <rect x="434" y="92" width="62" height="20" rx="3" fill="var(--hold-use)" />
    </g>
    <g fill="none" stroke="var(--overlap-edge)" strokeWidth="1.75">
      <rect x="236" y="16" width="96" height="24" rx="3" strokeDasharray="4 3" />
      <rect x="236" y="50" width="118" height="24" rx="3" strokeDasharray="4 3" />
      <path d="M340 30 C 372 34 372 56 356 62" markerEnd="none" />
    </g>
    <g className="empty-playhead">
      <line x1="284" x2="284" y1="0" y2="132" stroke="var(--playhead)" strokeWidth="1.5" />
      <circle cx="284" cy="3" r="4" fill="var(--playhead)" />
    </g>
    <g fontSize="11" fontWeight="600" fill="var(--text-muted)">
      <text x="8" y="32">
        read · write
      </text>
      <text x="8" y="66">
        read · write
      </text>
      <text x="8" y="106">
        waits
      </text>
    </g>
  </svg>
)
