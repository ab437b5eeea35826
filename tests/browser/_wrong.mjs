import { launch } from "./harness/browsers.mjs";
import { shown, press, write, text, isShown, visibleText } from "./journeys/travel.mjs";
const O="http://127.0.0.1:8999"; const sleep=(ms)=>new Promise(r=>setTimeout(r,ms));
const b=await launch(process.argv[2]); try{ const page=await b.newPage(); await page.setViewport({width:360,height:740});
for (const [path,ps] of [["/leer.html",["perro gato","abdomen ".repeat(12),"zzz ".repeat(12),"<script>alert(1)</script>","","perro ".repeat(20000),"abdomen abdomen abdomen abdomen abdomen abdomen abdomen abdomen abdomen abdomen abdomen abandon"]],["/en/read.html",["abandon ".repeat(11),"abandon ".repeat(12),"dog cat"]]]) {
 await page.goto(O+path,{waitUntil:"load"}); await shown(page,"ask");
 for(const p of ps){ await write(page,"#phrase",p); const t=Date.now(); await press(page,"#fetch"); await sleep(600); console.log(path,JSON.stringify(p.slice(0,30)),Date.now()-t,"ms |",await isShown(page,"typed-wrong"),(await text(page,"#typed-wrong")).slice(0,200)); }
}
await page.goto(O+"/en/write.html",{waitUntil:"load"}); await shown(page,"write"); await write(page,"#account","SENTENCIAPLANTADA english \u{1F441} \u202e x"); await press(page,"#send"); await shown(page,"sent"); console.log((await visibleText(page)).replace(/\n+/g," | ").slice(0,900));
console.log("PHRASE "+await page.evaluate(()=>[...document.querySelectorAll("#phrase-words li")].map(w=>w.textContent).join(" ")));
} finally { await b.close(); }
process.exit(0);
